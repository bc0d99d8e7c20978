export const formFields = [];

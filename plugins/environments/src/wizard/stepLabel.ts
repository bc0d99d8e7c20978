/**
 * The heading of a page of the wizard, which leads back to it when it is clicked. The stepper gives its fields no other way
 * to another page.
 */
export function stepLabel(title: string): HTMLElement | undefined {
  const labels = document.querySelectorAll<HTMLElement>(
    '[class*="MuiStepLabel-root"]',
  );
  return [...labels].find(
    label => label.textContent?.replace(/^[0-9]+/, '').trim() === title.trim(),
  );
}

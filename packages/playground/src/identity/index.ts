export {
  createIdentityProvider,
  type IdentityUser,
} from './createIdentityProvider';
export { readUsers } from './readUsers';

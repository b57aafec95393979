export { type NetworkChoice, pickNetwork } from '#libs/api';

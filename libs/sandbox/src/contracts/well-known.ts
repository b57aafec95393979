/** Addresses and class hashes of what starknet-devnet deploys before its first block. */
export const STRK_ADDRESS = 0x04718f5a0fc34cc1af16a1cdee98ffb20c31f5cd61d6ab07201858f4287c938dn;
export const STRK_CLASS_HASH = 0x02e77ee61d4df3d988ee1f42ea5442e913862cc82c2584d212ecda76666498fcn;
export const ETH_ADDRESS = 0x49d36570d4e46f48e99674bd3fcc84644ddd6b96f7c741b1562b82f9e004dc7n;
export const ETH_CLASS_HASH = 0x00b45dbc3714180381c5680e41931172d67194d77d504413465390e0bef194ecn;
export const DEPLOYER_ADDRESS = 0x02ceed65a4bd731034c01113685c831b01c15d7d432f71afb1cf1634b53a2125n;
export const DEPLOYER_CLASS_HASH = 0x01b2df6d8861670d4a8ca4670433b2418d78169c2947f46dc614e69f333745c8n;
export const LEGACY_DEPLOYER_ADDRESS = 0x41a78e741e5af2fec34b695679bc6891742439f7afb8484ecd7766661ad02bfn;
export const LEGACY_DEPLOYER_CLASS_HASH = 0x7b3e05f48f0c69e4a65ce5e076a66271a527aff2c34ce1083ec6e1526997a69n;
export const PLAIN_ACCOUNT_CLASS_HASH = 0x05b4b537eaa2399e3aa99c4e2e0208ebd6c71bc1467938cd52c798c601e43564n;
export const CAIRO0_ACCOUNT_CLASS_HASH = 0x4d07e40e93398ed3c76981e72dd1fd22557a78ce36c0515f679e27f0bb5bc5fn;

export const SEQUENCER_ADDRESS = 0x1000n;
/** Holds the hashes of blocks ten and more back: the network writes one with each block. */
export const BLOCK_HASH_CONTRACT = 0x1n;

/** The account that `devnet_mint` sends from. Its key is public: it holds nothing on any real network. */
export const MINTER_ADDRESS = 0x1caf2df5ed5dde1ae3faef4acd72522ac3cb16e23f6dc4c7f9faed67124c511n;
export const MINTER_PRIVATE_KEY = 0x5fb2959e3011a873a7160f5bb32b0ecen;
export const MINTER_PUBLIC_KEY = 0x4c37ab4f0994879337bfd4ead0800776db57da382b8ed8efaa478c5d3b942a4n;

# What {= service =} may read in {= environment.name =}: its own path, and nothing beside it.
path "{= kv_mount =}/data/{= environment.name =}/{= service =}" {
  capabilities = ["read"]
}

path "{= kv_mount =}/metadata/{= environment.name =}/{= service =}" {
  capabilities = ["read"]
}

environment         = "{= root.name =}"
cluster_name        = "{= root.cluster_name =}"
kubernetes_version  = "{= root.kubernetes_version =}"
node_type           = "{= root.node_type =}"
node_count          = {= root.node_count =}
create_cluster      = {= root.create_cluster =}
deletion_protection = {= root.protected =}
{%- if root.create_cluster %}
vpc_cidr            = "{= root.vpc_cidr =}"
{%- endif %}
{%- if root.platform_root %}
platform_state      = "../../.state/{= root.platform_root =}/terraform.tfstate"
{%- endif %}
{%- if root.namespace %}
namespace           = "{= root.namespace =}"
{%- endif %}

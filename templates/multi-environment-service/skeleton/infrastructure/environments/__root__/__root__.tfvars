environment = "{= root.name =}"
service     = "{= service =}"
production  = {= root.protected =}
namespace   = {= root.namespace | json =}
{%- if cloud == "aws" %}

aws_account_id = "{= root.account_id =}"
region         = "{= root.region =}"
{%- endif %}

create_cluster          = {= root.create_cluster =}
cluster_name            = "{= service =}-{= root.cluster_name =}"
{%- if root.create_cluster %}
kubernetes_version      = "{= root.kubernetes_version =}"
vpc_cidr                = "{= root.vpc_cidr =}"
single_nat_gateway      = {= root.single_nat_gateway =}
node_type               = "{= root.node_type =}"
node_count              = {= root.node_count =}
node_max                = {= root.node_max =}
cluster_admin_role_arns = [{% if cloud == "aws" %}"arn:aws:iam::{= root.account_id =}:role/{= service =}-cluster-admin"{% endif %}]
{%- else %}
kubernetes_version      = null
vpc_cidr                = null
single_nat_gateway      = null
node_type               = null
node_count              = null
node_max                = null
cluster_admin_role_arns = []
{%- endif %}
api_allowed_cidrs       = []
log_retention_days      = {% if root.protected %}365{% else %}30{% endif %}
permissions_boundary    = {% if cloud == "aws" %}"arn:aws:iam::{= root.account_id =}:policy/{= service =}-boundary"{% else %}null{% endif %}
{%- if root.platform_root %}
{%- for platform in roots %}{% if platform.name == root.platform_root %}

# The one thing that this root reads of another: the cluster that it shares.
platform_state = {
{%- if platform.state.kind == "s3" %}
  bucket = "{= platform.state.bucket =}"
  key    = "{= platform.state.key =}"
  region = "{= platform.state.region | default: "us-east-1" =}"
{%- else %}
  path = "../../.state/{= platform.name =}/terraform.tfstate"
{%- endif %}
}
{%- endif %}{% endfor %}
{%- else %}
platform_state          = null
{%- endif %}

create_database          = {= root.create_database =}
db_instance              = {% if root.database %}"{= root.database.class =}"{% else %}null{% endif %}
db_multi_az              = {% if root.database %}{= root.database.multiAz =}{% else %}false{% endif %}
db_storage               = {% if root.database %}{= root.database.storage =}{% else %}null{% endif %}
db_backup_retention_days = {% if root.database %}{= root.database.backupDays =}{% else %}null{% endif %}

enable_waf = {= root.waf =}
hostname   = {= root.host | json =}
zone_id    = null

deletion_protection = {= root.protected =}

service = "{= service =}"
{%- if dialect == "gitea" %}

# Fill in: the roles of your runners, by what they may do.
runner_role_arns = {
  plan  = []
  apply = []
}
{%- endif %}

accounts = {
{%- for account in accounts %}
  "{= account.name =}" = {
    id     = "{= account.id =}"
    region = "{= account.region =}"
    bucket = "{= account.bucket | default: service =}"
    roots = {
{%- for root in account.roots %}
      "{= root.name =}" = {
{%- if root.platform_key %}
        state_key    = "{= root.state_key =}"
        platform_key = "{= root.platform_key =}"
{%- else %}
        state_key = "{= root.state_key =}"
{%- endif %}
      }
{%- endfor %}
    }
  }
{%- endfor %}
}

terraform {
  required_version = ">= {% if terraform == "opentofu" %}1.10{% else %}1.11{% endif %}"
}

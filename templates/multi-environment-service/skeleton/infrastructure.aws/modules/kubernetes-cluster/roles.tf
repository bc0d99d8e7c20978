data "aws_iam_policy_document" "control_plane" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["eks.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "nodes" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "pods" {
  statement {
    actions = ["sts:AssumeRole", "sts:TagSession"]

    principals {
      type        = "Service"
      identifiers = ["pods.eks.amazonaws.com"]
    }
  }
}

locals {
  policies = "arn:${data.aws_partition.current.partition}:iam::aws:policy"
}

resource "aws_iam_role" "control_plane" {
  name_prefix          = "eks-control-plane-"
  assume_role_policy   = data.aws_iam_policy_document.control_plane.json
  permissions_boundary = var.permissions_boundary
}

resource "aws_iam_role_policy_attachment" "control_plane" {
  role       = aws_iam_role.control_plane.name
  policy_arn = "${local.policies}/AmazonEKSClusterPolicy"
}

resource "aws_iam_role" "nodes" {
  name_prefix          = "eks-nodes-"
  assume_role_policy   = data.aws_iam_policy_document.nodes.json
  permissions_boundary = var.permissions_boundary
}

resource "aws_iam_role_policy_attachment" "nodes" {
  for_each = toset(["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly", "AmazonEKS_CNI_Policy"])

  role       = aws_iam_role.nodes.name
  policy_arn = "${local.policies}/${each.value}"
}

# The driver of volumes signs in as itself, so that pods cannot borrow the rights of the node for it.
resource "aws_iam_role" "volumes" {
  name_prefix          = "eks-volumes-"
  assume_role_policy   = data.aws_iam_policy_document.pods.json
  permissions_boundary = var.permissions_boundary
}

resource "aws_iam_role_policy_attachment" "volumes" {
  role       = aws_iam_role.volumes.name
  policy_arn = "${local.policies}/service-role/AmazonEBSCSIDriverPolicy"
}

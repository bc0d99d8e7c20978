export {
  createCluster,
  type Cluster,
  type ClusterOptions,
} from './createCluster';

export {
  createCluster,
  type Cluster,
  type ClusterOptions,
} from './createCluster';
export type { PodTimings } from './controllers/kubelet';

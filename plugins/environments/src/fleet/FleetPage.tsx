import { Container } from '@backstage/ui';
import { Fleet } from './Fleet';

/** The page of all services; its header is the app's. */
export function FleetPage() {
  return (
    <Container>
      <Fleet />
    </Container>
  );
}

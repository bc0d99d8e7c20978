import {
  Link,
  sidebarConfig,
  useSidebarOpenState,
} from '@backstage/core-components';
import { makeStyles } from '@material-ui/core/styles';
import { BackstageTheme } from '@backstage/theme';

const useStyles = makeStyles<BackstageTheme>(theme => ({
  root: {
    width: sidebarConfig.drawerWidthClosed,
    height: 3 * sidebarConfig.logoHeight,
    display: 'flex',
    alignItems: 'center',
    marginBottom: -14,
  },
  link: {
    marginLeft: 22,
    display: 'flex',
    alignItems: 'center',
    gap: theme.spacing(1.5),
    color: theme.palette.navigation.selectedColor,
    fontWeight: 700,
    fontSize: theme.typography.h6.fontSize,
  },
}));

export function Logo() {
  const classes = useStyles();
  const { isOpen } = useSidebarOpenState();
  return (
    <div className={classes.root}>
      <Link to="/" underline="none" className={classes.link} aria-label="Home">
        <svg width="28" height="28" viewBox="0 0 32 32" aria-hidden>
          <g fill="currentColor">
            <rect x="4" y="6" width="6" height="20" rx="2" opacity=".5" />
            <rect x="13" y="6" width="6" height="20" rx="2" opacity=".75" />
            <rect x="22" y="6" width="6" height="20" rx="2" />
          </g>
        </svg>
        {isOpen && 'Environments'}
      </Link>
    </div>
  );
}

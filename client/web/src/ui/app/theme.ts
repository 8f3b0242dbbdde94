import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core'

const iris: MantineColorsTuple = [
  '#f0effe',
  '#dedcfb',
  '#bcb8f3',
  '#9890ec',
  '#7c73e3',
  '#675dd8',
  '#5248c8',
  '#443bb0',
  '#38318f',
  '#2b266c',
]

export const theme = createTheme({
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  headings: { fontFamily: "'Inter Variable', system-ui, sans-serif", fontWeight: '650' },
  primaryColor: 'iris',
  primaryShade: { light: 6, dark: 5 },
  colors: { iris },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Modal: {
      defaultProps: {
        centered: true,
        styles: { title: { fontWeight: 650, fontSize: 17 } },
        closeButtonProps: { 'aria-label': 'Close' },
        overlayProps: { backgroundOpacity: 0.35, blur: 3 },
        radius: 'lg',
      },
    },
    SegmentedControl: { styles: { root: { background: 'var(--at-sunken)' } } },
    Notification: {
      defaultProps: { closeButtonProps: { 'aria-label': 'Close' } },
      styles: { description: { color: 'var(--at-muted)' } },
    },
    Menu: {
      defaultProps: {
        portalProps: { target: '#overlays' },
        withInitialFocusPlaceholder: false,
        // Never longer than the window: what does not fit is scrolled to.
        middlewares: { flip: true, shift: true, size: { padding: 8 } },
        styles: { dropdown: { overflowY: 'auto' } },
      },
    },
    Tooltip: { defaultProps: { portalProps: { target: '#overlays' }, openDelay: 350, withArrow: true, arrowSize: 6 } },
  },
})

const shared = {
  '--mantine-color-body': 'var(--at-surface)',
  '--mantine-color-text': 'var(--at-ink)',
  '--mantine-color-dimmed': 'var(--at-muted)',
  '--mantine-color-placeholder': 'var(--at-muted)',
}

/** The library's colours are the page's own, which all pass 4.5 : 1. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: shared,
  dark: {
    ...shared,
    '--mantine-color-iris-light': '#37325f',
    '--mantine-color-iris-light-hover': '#423c71',
    '--mantine-color-iris-light-color': '#dcd9fb',
  },
})

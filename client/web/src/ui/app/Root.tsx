import '@fontsource-variable/inter/index.css'
import '@mantine/core/styles.css'
import '@mantine/notifications/styles.css'
import '../styles/base.css'
import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { App } from './App'
import { type Services, ServicesContext } from './services'
import { theme, variables } from './theme'

export function Root({ services }: { services: Services }) {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto">
      <ServicesContext.Provider value={services}>
        <section id="overlays" aria-label="Notices">
          <Notifications position="bottom-center" limit={4} containerWidth={400} withinPortal={false} />
        </section>
        <App />
      </ServicesContext.Provider>
    </MantineProvider>
  )
}

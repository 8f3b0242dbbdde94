import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { liveServices } from './ui/app/live'
import { Root } from './ui/app/Root'

const element = document.getElementById('root')
if (!element) throw new Error('the page has no #root')
const services = liveServices()
createRoot(element).render(
  <StrictMode>
    <Root services={services} />
  </StrictMode>,
)

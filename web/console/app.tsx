import { MantineProvider } from '@mantine/core'
import { QueryClientProvider, type QueryClient } from '@tanstack/react-query'
import type { i18n as I18n } from 'i18next'
import { createBrowserRouter } from 'react-router'
import { RouterProvider } from 'react-router/dom'
import { ConsoleContext, type ConsoleDeps } from './console-context.ts'
import { FirstAdministratorPage } from './session/first-administrator-page.tsx'
import { FLEET_PAGES } from './fleet/fleet-pages.ts'
import { Gate } from './session/gate.tsx'
import { SignInPage } from './session/sign-in-page.tsx'
import { NoSuchPage, RouteError } from './shell/route-errors.tsx'
import { Shell } from './shell/shell.tsx'
import { Start } from './shell/start.tsx'
import { NowProvider } from './time/now.tsx'
import { colorSchemeManager, theme } from './theme/theme.ts'
import { WordsProvider } from './words/words.tsx'

/** The console's pages. Those behind the sign-in are loaded when they are first opened. */
export function createRouter() {
  return createBrowserRouter(
    [
      { path: '/sign-in', element: <SignInPage />, errorElement: <RouteError /> },
      { path: '/first', element: <FirstAdministratorPage />, errorElement: <RouteError /> },
      {
        element: <Gate />,
        errorElement: <RouteError />,
        // A page that throws is replaced within the shell, so that the way elsewhere stays.
        children: [
          {
            path: 'wall',
            hydrateFallbackElement: <span />,
            lazy: async () => ({ Component: (await import('./wall/wall-page.tsx')).WallPage }),
          },
          {
            element: <Shell />,
            children: [
              {
                errorElement: <RouteError />,
                hydrateFallbackElement: <span />,
                children: [
                  { index: true, element: <Start /> },
                  {
                    path: 'overview',
                    lazy: async () => ({ Component: (await import('./overview/overview-page.tsx')).OverviewPage }),
                  },
                  {
                    path: 'overview/stations',
                    lazy: async () => ({ Component: (await import('./overview/state-list-page.tsx')).StateListPage }),
                  },
                  {
                    path: 'usage',
                    lazy: async () => ({ Component: (await import('./usage/usage-page.tsx')).UsagePage }),
                  },
                  {
                    path: 'usage/:id',
                    lazy: async () => ({
                      Component: (await import('./usage/station-usage-page.tsx')).StationUsagePage,
                    }),
                  },
                  {
                    path: 'energy',
                    lazy: async () => ({ Component: (await import('./energy/energy-page.tsx')).EnergyPage }),
                  },
                  {
                    path: 'opening',
                    lazy: async () => ({ Component: (await import('./opening/opening-page.tsx')).OpeningPage }),
                  },
                  {
                    path: 'reports',
                    lazy: async () => ({ Component: (await import('./reports/reports-page.tsx')).ReportsPage }),
                  },
                  {
                    path: 'definitions',
                    lazy: async () => ({ Component: (await import('./usage/definitions-page.tsx')).DefinitionsPage }),
                  },
                  {
                    path: 'inbox',
                    lazy: async () => ({ Component: (await import('./inbox/inbox-page.tsx')).InboxPage }),
                  },
                  {
                    path: 'alerts',
                    lazy: async () => ({ Component: (await import('./alerts/alert-list-page.tsx')).AlertListPage }),
                  },
                  {
                    path: 'alerts/:id',
                    lazy: async () => ({ Component: (await import('./alerts/alert-page.tsx')).AlertPage }),
                  },
                  {
                    path: 'work-orders',
                    lazy: async () => ({
                      Component: (await import('./work-orders/order-list-page.tsx')).OrderListPage,
                    }),
                  },
                  {
                    path: 'work-orders/new',
                    lazy: async () => ({ Component: (await import('./work-orders/new-order-page.tsx')).NewOrderPage }),
                  },
                  {
                    path: 'work-orders/:id',
                    lazy: async () => ({ Component: (await import('./work-orders/order-page.tsx')).OrderPage }),
                  },
                  {
                    path: 'stations',
                    lazy: async () => ({
                      Component: (await import('./stations/station-list-page.tsx')).StationListPage,
                    }),
                  },
                  {
                    path: 'stations/:id',
                    lazy: async () => ({ Component: (await import('./stations/station-page.tsx')).StationPage }),
                  },
                  {
                    path: 'notices',
                    lazy: async () => ({ Component: (await import('./notices/notice-list-page.tsx')).NoticeListPage }),
                  },
                  {
                    path: 'notices/new',
                    lazy: async () => ({ Component: (await import('./notices/notice-form-page.tsx')).NoticeFormPage }),
                  },
                  {
                    path: 'notices/:id',
                    lazy: async () => ({ Component: (await import('./notices/notice-page.tsx')).NoticePage }),
                  },
                  {
                    path: 'heat',
                    lazy: async () => ({ Component: (await import('./notices/heat-page.tsx')).HeatPage }),
                  },
                  {
                    path: 'feedback',
                    lazy: async () => ({
                      Component: (await import('./feedback/feedback-list-page.tsx')).FeedbackListPage,
                    }),
                  },
                  {
                    path: 'hours',
                    lazy: async () => ({ Component: (await import('./hours/hours-page.tsx')).HoursPage }),
                  },
                  {
                    path: 'assets',
                    lazy: async () => ({ Component: (await import('./assets/asset-list-page.tsx')).AssetListPage }),
                  },
                  {
                    path: 'assets/:tag',
                    lazy: async () => ({ Component: (await import('./assets/asset-page.tsx')).AssetPage }),
                  },
                  {
                    path: 'plans',
                    lazy: async () => ({ Component: (await import('./plans/plan-list-page.tsx')).PlanListPage }),
                  },
                  {
                    path: 'checklists',
                    lazy: async () => ({
                      Component: (await import('./checklists/checklist-list-page.tsx')).ChecklistListPage,
                    }),
                  },
                  {
                    path: 'checklists/fill/:template',
                    lazy: async () => ({ Component: (await import('./checklists/fill-page.tsx')).FillPage }),
                  },
                  {
                    path: 'checklists/templates',
                    lazy: async () => ({
                      Component: (await import('./checklists/template-list-page.tsx')).TemplateListPage,
                    }),
                  },
                  {
                    path: 'checklists/templates/:id',
                    lazy: async () => ({ Component: (await import('./checklists/template-page.tsx')).TemplatePage }),
                  },
                  {
                    path: 'crews',
                    lazy: async () => ({ Component: (await import('./crews/crew-list-page.tsx')).CrewListPage }),
                  },
                  {
                    path: 'checklists/:key',
                    lazy: async () => ({
                      Component: (await import('./checklists/fill-detail-page.tsx')).FillDetailPage,
                    }),
                  },
                  {
                    path: 'figures',
                    lazy: async () => ({ Component: (await import('./figures/figures-page.tsx')).FiguresPage }),
                  },
                  {
                    path: 'rota',
                    lazy: async () => ({ Component: (await import('./rota/rota-page.tsx')).RotaPage }),
                  },
                  {
                    path: 'rota/week',
                    lazy: async () => ({ Component: (await import('./rota/week-page.tsx')).RotaWeekPage }),
                  },
                  {
                    path: 'stock',
                    lazy: async () => ({ Component: (await import('./stock/stock-page.tsx')).StockPage }),
                  },
                  {
                    path: 'stock/check/:station',
                    lazy: async () => ({ Component: (await import('./stock/check-page.tsx')).StockCheckPage }),
                  },
                  {
                    path: 'voices',
                    lazy: async () => ({ Component: (await import('./voices/voices-page.tsx')).VoicesPage }),
                  },
                  {
                    path: 'tell',
                    lazy: async () => ({ Component: (await import('./tell/tell-page.tsx')).TellPage }),
                  },
                  {
                    path: 'account',
                    lazy: async () => ({ Component: (await import('./account/account-page.tsx')).AccountPage }),
                  },
                  {
                    path: 'automation',
                    lazy: async () => ({
                      Component: (await import('./automation/automation-page.tsx')).AutomationPage,
                    }),
                  },
                  {
                    path: 'register',
                    lazy: async () => ({
                      Component: (await import('./register/register-list-page.tsx')).RegisterListPage,
                    }),
                  },
                  {
                    path: 'register/new',
                    lazy: async () => ({ Component: (await import('./register/new-station-page.tsx')).NewStationPage }),
                  },
                  {
                    path: 'register/:id',
                    lazy: async () => ({ Component: (await import('./register/register-page.tsx')).RegisterPage }),
                  },
                  ...FLEET_PAGES,
                  { path: '*', element: <NoSuchPage /> },
                ],
              },
            ],
          },
        ],
      },
    ],
    { basename: '/console' },
  )
}

export interface AppProps {
  words: I18n
  queryClient: QueryClient
  deps: ConsoleDeps
  router: ReturnType<typeof createRouter>
}

/** Everything that the pages stand on. */
export function App({ words, queryClient, deps, router }: AppProps) {
  return (
    <WordsProvider words={words}>
      {/* No style element of Mantine's: a strict content security policy would block it (see theme/console.css). */}
      <MantineProvider
        theme={theme}
        colorSchemeManager={colorSchemeManager}
        defaultColorScheme="auto"
        withCssVariables={false}
        withGlobalClasses={false}
      >
        <QueryClientProvider client={queryClient}>
          <ConsoleContext value={deps}>
            <NowProvider clock={deps.clock}>
              <RouterProvider router={router} />
            </NowProvider>
          </ConsoleContext>
        </QueryClientProvider>
      </MantineProvider>
    </WordsProvider>
  )
}

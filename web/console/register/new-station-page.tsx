import { useState } from 'react'
import { Link, useNavigate } from 'react-router'
import { failureText } from '../shell/failure.tsx'
import { Page } from '../shell/page.tsx'
import orders from '../work-orders/orders.module.css'
import { useWords } from '../words/words.tsx'
import { StationForm, wrongFields } from './station-form.tsx'
import { EMPTY_VALUES, factsOf, positionOf } from './station-values.ts'
import { useCheck, useRegisterAct } from './use-register.ts'

/** A new station: planned first, and nobody's to see but staff's. */
export function NewStationPage() {
  const { say } = useWords()
  const navigate = useNavigate()
  const [values, setValues] = useState(EMPTY_VALUES)
  const [isChecked, setIsChecked] = useState(false)
  const create = useRegisterAct((api, station: Parameters<typeof api.create>[0]) => api.create(station))
  const { district, lines } = values
  const position = positionOf(values.position)
  const addressZh = lines.addressZh.trim()
  const check = useCheck(
    position === undefined || district === ''
      ? undefined
      : { position, district, ...(addressZh !== '' && { addressZh }) },
  ).data
  const wrong = wrongFields(values)
  const save = () => {
    setIsChecked(true)
    if (wrong.length > 0 || position === undefined || create.isPending) return
    const isPositionSure = check?.doubt !== undefined
    create.mutate(
      { ...factsOf(values), district, position, isPositionSure },
      { onSuccess: ({ id }) => void navigate(`/register/${id}`) },
    )
  }
  return (
    <Page title={say('register.new')}>
      <p>
        <Link to="/register" className={orders['link']}>
          {say('register.title')}
        </Link>
      </p>
      <p className="quiet">{say('register.newHint')}</p>
      <StationForm
        values={values}
        isNew
        wrong={isChecked ? wrong : []}
        check={check}
        isBusy={create.isPending}
        onChange={setValues}
        onSave={save}
      >
        {create.isError && (
          <p role="alert" className={orders['problem']}>
            {say('order.failed', { reason: failureText(create.error, say) })}
          </p>
        )}
      </StationForm>
    </Page>
  )
}

import { Skeleton } from '@mantine/core'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Failure } from '../shell/failure.tsx'
import { useWords } from '../words/words.tsx'

interface AnswerProps<Data> {
  of: UseQueryResult<Data>
  children: (data: Data) => ReactNode
}

/** An answer once it is there; until then that it comes, or why it does not. An old one stays in sight while it is asked for anew. */
export function Answer<Data>({ of, children }: AnswerProps<Data>) {
  const { say } = useWords()
  if (of.data !== undefined)
    return (
      <>
        {of.isError && <p role="alert">{say('measure.old')}</p>}
        {children(of.data)}
      </>
    )
  if (of.isError) return <Failure error={of.error} retry={() => void of.refetch()} />
  return (
    <div aria-busy="true">
      <p className="for-screen-readers">{say('loading')}</p>
      <Skeleton height={240} radius="md" />
    </div>
  )
}

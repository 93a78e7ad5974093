import type { TellSettings } from '@harbor/protocol'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useAnnounce } from '../shell/announcer.tsx'

/** The key of how the signed-in person is told. */
export const TELL_SETTINGS = ['tell'] as const

/** One change of the settings; what the page shows is the server's answer. */
export function useChange<Input>(change: (input: Input) => Promise<TellSettings>, said: string) {
  const client = useQueryClient()
  const announce = useAnnounce()
  return useMutation({
    mutationFn: change,
    onSuccess: async changed => {
      client.setQueryData(TELL_SETTINGS, changed)
      announce(said)
      await client.invalidateQueries({ queryKey: ['tell-own'] })
    },
  })
}

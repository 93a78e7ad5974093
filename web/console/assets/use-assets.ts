import type { AssetEdit } from '@harbor/protocol'
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { AssetFilters } from '../api/assets-api.ts'
import { queryKeys } from '../api/query-keys.ts'
import { useConsole } from '../console-context.ts'

/** A page of appliances; the one before stays while the next is on its way. */
export function useAssets(filters: AssetFilters, limit: number) {
  const { api } = useConsole()
  return useQuery({
    queryKey: queryKeys.assets(JSON.stringify([filters, limit])),
    queryFn: ({ signal }) => api.assets.list(filters, limit, signal),
    placeholderData: keepPreviousData,
  })
}

/** One appliance with its life, by tag or id. */
export function useAsset(tag: string) {
  const { api } = useConsole()
  return useQuery({ queryKey: queryKeys.asset(tag), queryFn: ({ signal }) => api.assets.detail(tag, signal) })
}

/** Changing what is known of an appliance. */
export function useEditAsset(tag: string) {
  const { api } = useConsole()
  const client = useQueryClient()
  return useMutation({
    mutationFn: (edit: AssetEdit) => api.assets.edit(tag, edit),
    onSuccess(changed) {
      for (const name of [tag, changed.id, changed.assetTag]) client.setQueryData(queryKeys.asset(name), changed)
      void client.invalidateQueries({ queryKey: queryKeys.everyAssetList })
    },
    onError: () => client.invalidateQueries({ queryKey: queryKeys.asset(tag) }),
  })
}

/** A dry run, or the import itself. */
export function useImport() {
  const { api } = useConsole()
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ file, isDry }: { file: Blob; isDry: boolean }) => api.assets.importTable(file, isDry),
    onSuccess(result) {
      if (result.isDone) void client.invalidateQueries({ queryKey: queryKeys.everyAssetList })
    },
  })
}

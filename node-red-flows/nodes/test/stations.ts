/** A station as the contract has it, with what a test says of it. */
export function stationView(id: string, district: string) {
  return {
    id,
    district,
    districtNameZh: '渝中区',
    districtNameEn: 'Yuzhong',
    nameZh: '解放碑站',
    nameEn: 'Jiefangbei',
    latDeg: 29.5,
    lngDeg: 106.5,
    facilities: [],
    opening: { state: 'open' },
    space: { state: 'unknown' },
    hasSensors: false,
    said: [],
    appliances: [] as { id: string; kind: string; state: string }[],
  }
}

export function stationDetail(id: string, district: string) {
  return { ...stationView(id, district), readings: [] as object[], photos: [] }
}

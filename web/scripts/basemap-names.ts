type Names = readonly [zh: string, en: string]

/**
 * Names by GB/T 2260 code. The source has Liangping and Wulong as counties; both have been districts since 2016, and
 * carry today's name here.
 */
export const DISTRICT_NAMES: Readonly<Record<string, Names>> = {
  '500101': ['万州区', 'Wanzhou'],
  '500102': ['涪陵区', 'Fuling'],
  '500103': ['渝中区', 'Yuzhong'],
  '500104': ['大渡口区', 'Dadukou'],
  '500105': ['江北区', 'Jiangbei'],
  '500106': ['沙坪坝区', 'Shapingba'],
  '500107': ['九龙坡区', 'Jiulongpo'],
  '500108': ['南岸区', "Nan'an"],
  '500109': ['北碚区', 'Beibei'],
  '500110': ['綦江区', 'Qijiang'],
  '500111': ['大足区', 'Dazu'],
  '500112': ['渝北区', 'Yubei'],
  '500113': ['巴南区', 'Banan'],
  '500114': ['黔江区', 'Qianjiang'],
  '500115': ['长寿区', 'Changshou'],
  '500116': ['江津区', 'Jiangjin'],
  '500117': ['合川区', 'Hechuan'],
  '500118': ['永川区', 'Yongchuan'],
  '500119': ['南川区', 'Nanchuan'],
  '500120': ['璧山区', 'Bishan'],
  '500151': ['铜梁区', 'Tongliang'],
  '500152': ['潼南区', 'Tongnan'],
  '500153': ['荣昌区', 'Rongchang'],
  '500154': ['开州区', 'Kaizhou'],
  '500228': ['梁平区', 'Liangping'],
  '500229': ['城口县', 'Chengkou'],
  '500230': ['丰都县', 'Fengdu'],
  '500231': ['垫江县', 'Dianjiang'],
  '500232': ['武隆区', 'Wulong'],
  '500233': ['忠县', 'Zhongxian'],
  '500235': ['云阳县', 'Yunyang'],
  '500236': ['奉节县', 'Fengjie'],
  '500237': ['巫山县', 'Wushan'],
  '500238': ['巫溪县', 'Wuxi'],
  '500240': ['石柱县', 'Shizhu'],
  '500241': ['秀山县', 'Xiushan'],
  '500242': ['酉阳县', 'Youyang'],
  '500243': ['彭水县', 'Pengshui'],
}

/** Natural Earth's names of the rivers that are drawn. */
export const RIVER_NAMES: Readonly<Record<string, Names>> = {
  'Chang Jiang': ['长江', 'Yangtze'],
  Jialing: ['嘉陵江', 'Jialing'],
  Wu: ['乌江', 'Wu'],
  Tuo: ['沱江', 'Tuo'],
  Yuan: ['沅江', 'Yuan'],
  Han: ['汉江', 'Han'],
}

/** Towns beyond Chongqing's own districts, for orientation at the edge of the map. */
export const PLACE_NAMES: Readonly<Record<string, Names>> = {
  Langzhong: ['阆中', 'Langzhong'],
  Guangyuan: ['广元', 'Guangyuan'],
  Luzhou: ['泸州', 'Luzhou'],
  Suining: ['遂宁', 'Suining'],
  Nanchong: ['南充', 'Nanchong'],
  Neijiang: ['内江', 'Neijiang'],
}

/**
 * Pairs of districts whose common border is the middle of the Yangtze or the Jialing. The river data is right to about
 * 1 km only; in the inner city these borders show where the water really is.
 */
export const RIVER_BORDERS: readonly (readonly [string, string])[] = [
  ['500103', '500105'],
  ['500103', '500108'],
  ['500105', '500108'],
  ['500105', '500106'],
  ['500106', '500112'],
  ['500107', '500108'],
  ['500107', '500113'],
  ['500104', '500113'],
  ['500105', '500113'],
  ['500112', '500113'],
]

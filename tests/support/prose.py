"""Sentences without end, of our own: a small grammar each for English and Chinese.

No sentence is taken from anywhere; what they say is nothing, in the shape of local news.
"""

import random

_EN = {
    "who": "the harbour council|a group of teachers|the oldest bakery in town|the river authority|"
    "two engineers from the north|the village choir|a retired postman|the museum's keeper|"
    "the fishing cooperative|students of the evening school|the bridge committee|a travelling library|"
    "the weather station|the new stationmaster|beekeepers of the valley|the county archive|"
    "the swimming club|a young surveyor|the theatre's carpenter|the market women",
    "did": "opened|repaired|counted|painted|moved|measured|described|postponed|bought back|"
    "photographed|planned|rebuilt|closed for a week|lent to the neighbours|drew up a list of|"
    "argued about|found again|tested|promised to protect|walked along",
    "what": "the stone wharf|forty wooden boats|the clock above the hall|an orchard of pear trees|"
    "the night ferry|a map of all wells|the glass roof|three miles of cable|the children's ward|"
    "an unfinished tunnel|the upper reservoir|the winter road|a field of solar panels|"
    "the letters of a forgotten poet|the lighthouse stairs|a bell cast before the war|"
    "the cinema on the corner|the salt store|an electric bus line|the weir below the mill",
    "where": "near the old customs house|behind the school|at the mouth of the river|on the hill|"
    "between the two villages|along the railway|in the eastern quarter|under the viaduct|"
    "beside the hospital garden|at the edge of the forest|on the market square|by the canal lock",
    "when": "last Tuesday|before the first frost|in the spring|after nine years|during the long rain|"
    "at the end of the month|early in the morning|while the tide was low|within a single night|"
    "for the third time",
    "why": "because the water had risen|since nobody else would|so that the trains can run again|"
    "although the money was short|as the law has asked for years|to the surprise of the mayor|"
    "with help from the neighbours|and nobody was hurt|which cost less than was feared|"
    "if the permits come in time|while others were still in doubt|and more is to follow",
}
_EN_FORMS = (
    "{when}, {who} {did} {what} {where}, {why}.",
    "{who} {did} {what} {where} {when}.",
    "As {who} says, {who2} {did} {what} {when}, {why}.",
    "{what} {where} will stay as it is, {why}; {who} {did} {what2} instead.",
    "Nobody knew {when} whether {who} {did} {what} or {what2}, {why}.",
)
_ZH = {
    "who": "港务委员会|几位乡村教师|城里最老的面包铺|河道管理处|两名北方来的工程师|村合唱队|一位退休邮差|"
    "博物馆看守人|渔业合作社|夜校的学员|桥梁小组|流动图书车|气象观测站|新任站长|山谷里的养蜂人|县档案室|"
    "游泳协会|年轻的测量员|剧院木匠|集市上的商贩",
    "did": "重新开放了|修好了|清点了|粉刷了|搬走了|测量了|描述了|推迟启用|买回了|拍摄了|规划了|重建了|"
    "暂时关闭了|借出了|登记了|争论过|又找到了|检验了|承诺保护|走访了",
    "what": "石砌码头|四十条木船|大厅上方的钟|一片梨园|夜间渡轮|全部水井的地图|玻璃屋顶|三里长的电缆|儿童病房|"
    "没有完工的隧道|上游水库|冬季公路|一片光伏板|一位被遗忘诗人的书信|灯塔楼梯|战前铸造的铜钟|街角电影院|"
    "盐仓|电动公交线路|磨坊下的拦水坝",
    "where": "在旧海关附近|在学校后面|在河口|在山坡上|在两个村子之间|沿着铁路|在东城区|在高架桥下|"
    "在医院花园旁边|在森林边缘|在集市广场|在运河船闸旁",
    "when": "上周二|初霜之前|开春以后|九年之后|连日大雨期间|月底|清晨|退潮的时候|一夜之间|第三次",
    "why": "因为水位已经上涨|由于没有别人愿意做|为的是让列车恢复通行|虽然经费并不宽裕|正如法规多年来要求的那样|"
    "连镇长也感到意外|得到了邻里的帮助|所幸没有人受伤|花费比预想的要少|只要许可及时下来|"
    "当时还有人表示怀疑|后续工作还会展开",
}
_ZH_FORMS = (
    "{when}，{who}{where}{did}{what}，{why}。",
    "{who}{when}{did}{where}的{what}。",
    "{who}介绍说，{who2}{when}{did}{what}，{why}。",
    "{where}的{what}将维持原样，{why}；{who}转而{did}{what2}。",
    "{when}还没有人知道{who}是否{did}{what}或者{what2}，{why}。",
)


def sentence(language: str, rng: random.Random) -> str:
    """One sentence, ``en`` or ``zh``."""
    words, forms = (_EN, _EN_FORMS) if language == "en" else (_ZH, _ZH_FORMS)
    slots = {name: rng.choice(choices.split("|")) for name, choices in words.items()}
    slots |= {f"{name}2": rng.choice(words[name].split("|")) for name in ("who", "what")}
    made = rng.choice(forms).format(**slots)
    return made[0].upper() + made[1:]


def paragraph(language: str, rng: random.Random, sentences: int = 0) -> str:
    """A paragraph of two to five sentences, or as many as asked for."""
    count = sentences or rng.randint(2, 5)
    return (" " if language == "en" else "").join(sentence(language, rng) for _ in range(count))


def headline(language: str, rng: random.Random) -> str:
    """A headline."""
    words = _EN if language == "en" else _ZH
    who, did, what = (rng.choice(words[name].split("|")) for name in ("who", "did", "what"))
    return f"{who[0].upper()}{who[1:]} {did} {what}" if language == "en" else f"{who}{did}{what}"

"""The words by which columns of other programs are known, in English and Chinese, and the targets they mean."""

from __future__ import annotations

TARGETS: dict[str, tuple[str, str]] = {
    "name": ("Name", "名称"),
    "kind": ("Kind", "类型"),
    "number": ("Number", "客户编号"),
    "outside_number": ("Number in the other program", "外部编号"),
    "parent": ("Part of", "上级单位"),
    "owner": ("Owner", "负责人"),
    "region": ("Region", "地区"),
    "industry": ("Industry", "行业"),
    "size": ("Size", "规模"),
    "source": ("Source", "来源"),
    "sales_channel": ("Sales channel", "销售渠道"),
    "grade": ("Grade", "级别"),
    "language": ("Language", "语言"),
    "website": ("Website", "网址"),
    "note": ("Note", "备注"),
    "instructions": ("Special instructions", "特别说明"),
    "tags": ("Tags", "标签"),
    "created": ("Created", "创建时间"),
    "phone": ("Phone", "电话"),
    "phone.label": ("Label of the phone", "电话标签"),
    "fax": ("Fax", "传真"),
    "email": ("E-mail", "邮箱"),
    "email.label": ("Label of the e-mail", "邮箱标签"),
    "address.street": ("Street", "详细地址"),
    "address.city": ("City", "城市"),
    "address.district": ("District", "区县"),
    "address.region": ("State or province", "省份"),
    "address.postcode": ("Postcode", "邮编"),
    "address.country": ("Country", "国家"),
    "address.label": ("Label of the address", "地址标签"),
    "contact.name": ("Contact: name", "联系人姓名"),
    "contact.given": ("Contact: given name", "联系人名"),
    "contact.family": ("Contact: family name", "联系人姓"),
    "contact.title": ("Contact: title", "联系人职务"),
    "contact.department": ("Contact: department", "联系人部门"),
    "contact.phone": ("Contact: phone", "联系人电话"),
    "contact.email": ("Contact: e-mail", "联系人邮箱"),
    "birthday": ("Birthday", "生日"),
    "birthday_lunar": ("Birthday (lunar)", "农历生日"),
    "last_contact": ("Last contact", "最近联系"),
    "ignore": ("Leave out", "不导入"),
}
"""Every place that a column can go to, with its label in English and Chinese."""

# target = headers without spaces and punctuation, folded; "company" and "person" are decided by what else there is.
_WORDS = """
company = company | companyname | organization | organisation | organizationname | organisationname
  | organization1name | account | accountname | business | businessname | firm | employer | client | clientname
  | customer | customername | customercompany | 公司 | 公司名 | 公司名称 | 单位 | 单位名 | 单位名称 | 企业
  | 企业名称 | 客户 | 客户名 | 客户名称 | 客户全称 | 客户公司 | 客户单位 | 公司全称 | 企业全称 | 店名 | 门店名称
  | 工作单位 | 所在单位 | 所在公司 | 商户名称 | 机构名称 | 供应商名称 | 经销商名称
generic = name | title1name | displayname | 名称 | 全称
person = fullname | contact | contactname | contactperson | personname | fileas | 姓名 | 名字 | 称呼 | 客户姓名
  | 联系人姓名 | 联系人 | 联络人 | 主要联系人 | 联系人名称 | 会员姓名 | 顾客姓名 | 收货人 | 收件人 | 负责人姓名
  | 法人 | 法定代表人 | 名前 | 氏名
contact.given = givenname | firstname | forename | first | given | 名 | 名字名
contact.family = familyname | lastname | surname | last | family | 姓 | 姓氏
contact.title = jobtitle | title | position | role | organizationtitle | organization1title | 职务 | 职位 | 头衔
  | 职称 | 岗位 | 联系人职务 | 联系人职位
contact.department = department | dept | organizationdepartment | organization1department | 部门 | 科室 | 联系人部门
contact.phone = contactphone | contactmobile | contacttel | 联系人电话 | 联系人手机 | 联系人手机号 | 联系人手机号码
contact.email = contactemail | contactmail | 联系人邮箱 | 联系人电子邮箱 | 联系人邮件 | 联系人email
kind = kind | type | customertype | accounttype | clienttype | 类型 | 客户类型 | 客户性质 | 客户类别
number = number | customernumber | customerno | customercode | accountnumber | accountnumberc | accountno | clientno
  | code | membernumber | memberno | 编号 | 客户编号 | 客户编码 | 客户代码 | 客户号 | 会员号 | 会员卡号 | 会员编号
  | 卡号 | 档案号
outside_number = id | accountid | customerid | clientid | contactid | recordid | uuid | uid | externalid | 外部编号
  | 系统编号 | 客户id | 记录id
parent = parent | parentaccount | parentcompany | parentname | partof | 上级单位 | 上级公司 | 母公司 | 总公司
  | 所属集团 | 上级客户
owner = owner | ownername | accountowner | contactowner | salesperson | salesrep | rep | accountmanager | assignedto
  | manager | 负责人 | 业务员 | 销售 | 销售员 | 销售人员 | 客户经理 | 跟进人 | 所有人 | 所属销售 | 归属人 | 业务经理
  | 维护人 | 服务顾问 | 责任人 | 客服
region = region | territory | area | salesregion | 地区 | 区域 | 大区 | 所属区域 | 所在地区 | 销售区域 | 片区
industry = industry | sector | lineofbusiness | 行业 | 所属行业 | 行业类别 | 客户行业
size = size | employees | numberofemployees | companysize | headcount | noofemployees | 规模 | 公司规模 | 人数
  | 员工人数 | 企业规模 | 员工数
source = source | leadsource | accountsource | customersource | origin | referredby | 来源 | 客户来源 | 线索来源
  | 获客来源 | 渠道来源
sales_channel = channel | saleschannel | 渠道 | 销售渠道 | 客户渠道
grade = grade | rating | tier | level | class | customergrade | accountrating | priority1 | 级别 | 等级 | 客户级别
  | 客户等级 | 会员等级 | 会员级别 | 客户评级 | 星级
language = language | preferredlanguage | lang | 语言 | 语种
website = website | web | webpage | url | homepage | site1 | webaddress | website1value | companyurl | 网址 | 网站
  | 官网 | 公司网址 | 主页 | 公司网站
note = note | notes | description | comment | comments | remark | remarks | memo | accountdescription | 备注 | 说明
  | 描述 | 备忘 | 附注 | 客户备注 | 注释 | 备注信息
instructions = instructions | specialinstructions | deliveryinstructions | 特别说明 | 注意事项 | 特殊要求
tags = tags | tag | labels | label | categories | category | groups | group | groupmembership | 标签 | 客户标签
  | 分组 | 群组 | 分类 | 客户分类
created = created | createdat | createddate | createdon | creationdate | createdtime | dateadded | 创建时间
  | 创建日期 | 建档日期 | 建档时间 | 录入时间 | 录入日期 | 登记日期 | 注册时间
last_contact = lastcontact | lastcontacted | lastactivity | lastactivitydate | lastcontactdate | 最近联系
  | 最后联系时间 | 最近联系时间 | 最后联系 | 最近跟进时间 | 最后跟进时间 | 最近跟进 | 上次联系时间
birthday = birthday | birthdate | dateofbirth | dob | 生日 | 出生日期 | 出生年月 | 出生年月日 | 生日日期 | 阳历生日
  | 公历生日
birthday_lunar = lunarbirthday | birthdaylunar | 农历生日 | 阴历生日 | 生日农历
phone = phone | phonenumber | phoneno | telephone | telephonenumber | tel | telno | primaryphone | phones | 电话
  | 联系电话 | 电话号码 | 联系方式 | 联系号码 | 备用电话 | 其他电话 | 常用电话 | otherphone | 顾客电话 | 客户电话
phone:mobile = mobile | mobilephone | mobileno | mobilenumber | cell | cellphone | cellnumber | handphone
  | phonemobile | 手机 | 手机号 | 手机号码 | 移动电话 | 联系手机 | 客户手机 | 手机电话 | 备用手机 | 手机1
phone:work = businessphone | workphone | officephone | companymainphone | companyphone | directphone | phonework
  | 座机 | 固话 | 固定电话 | 办公电话 | 公司电话 | 单位电话 | 工作电话
phone:home = homephone | phonehome | 家庭电话 | 住宅电话 | 家电 | 宅电
fax = fax | faxnumber | faxno | businessfax | homefax | workfax | otherfax | 传真 | 传真号 | 传真号码
email = email | emailaddress | emails | mail | emailaddress1 | primaryemail | 邮箱 | 电子邮箱 | 电子邮件 | 邮件
  | 邮箱地址 | email地址 | 电邮 | 邮件地址
email:work = workemail | businessemail | officeemail | 工作邮箱 | 公司邮箱
email:home = homeemail | personalemail | 个人邮箱 | 私人邮箱
address.street = address | street | streetaddress | address1 | addressline1 | fulladdress | 地址 | 详细地址
  | 联系地址 | 通讯地址 | 街道 | 公司地址 | 单位地址 | 街道地址 | 客户地址 | 收货地址 | 办公地址 | 注册地址 | 住址
address.city = city | town | locality | 城市 | 市 | 所在城市 | 地级市
address.district = district | county | neighborhood | 区 | 区县 | 县 | 县区 | 所在区 | 行政区
address.region = state | province | stateprovince | stateregion | 省 | 省份 | 所在省份 | 州 | 省市自治区
address.postcode = zip | zipcode | postcode | postalcode | zippostalcode | 邮编 | 邮政编码
address.country = country | countryregion | nation | 国家 | 国家地区 | 国别
ignore = no | sn | serial | rownumber | rowno | index | 序号 | 行号
"""
_ADDRESS_LABELS = (
    "billing | shipping | mailing | home | business=work | work | other | primary | office=work | delivery=shipping"
)
_ADDRESS_PARTS = """
address.street = street | address | streetaddress | street1 | addressline1
address.city = city
address.district = district | county
address.region = state | province | stateprovince | region
address.postcode = zip | postcode | postalcode | zippostalcode | zipcode
address.country = country | countryregion
"""


def _pairs(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    target = ""
    for line in text.strip().splitlines():
        if "=" in line:
            target, line = (part.strip() for part in line.split("=", 1))
        for word in line.split("|"):
            if word.strip():
                found.setdefault(word.strip(), target)
    return found


def _all_words() -> dict[str, str]:
    words = _pairs(_WORDS)
    parts = _pairs(_ADDRESS_PARTS)
    for one in _ADDRESS_LABELS.split("|"):
        prefix, _, label = one.strip().partition("=")
        for part, target in parts.items():
            words.setdefault(prefix + part, f"{target}:{label or prefix}")
            words.setdefault(f"{prefix}address{part}", f"{target}:{label or prefix}")
    return words


WORDS = _all_words()
"""Target by header (folded, without spaces and punctuation)."""

_KIND_TEXT = {
    "organisation": "organisation organization company business enterprise corporate firm 单位 企业 公司 机构 集团",
    "person": "person individual consumer personal private 个人 自然人 散客 个体 消费者",
    "household": "household family 家庭 住户",
}
KIND_WORDS: dict[str, str] = {word: kind for kind, words in _KIND_TEXT.items() for word in words.split()}
"""Kind of customer by what a column says."""

# What speaks for a kind of file: strong words count three, weak ones one.
KINDS: dict[str, tuple[str, str]] = {
    "orders": (
        "order orderid orderno ordernumber orderdate items lineitems orderamount ordertotal 订单 订单号"
        " 订单编号 订单日期 下单时间 订单金额 购买日期 成交日期 消费日期 消费金额 销售日期 销售单号",
        "amount total totalamount quantity qty items product price unitprice date currency discount 金额 总额"
        " 合计 数量 单价 产品 商品 日期 币种 折扣",
    ),
    "payments": (
        "payment paymentdate paymentmethod paid paidon paidamount receipt invoice invoiceno 收款 收款日期"
        " 收款金额 付款 付款日期 付款方式 付款金额 回款 回款日期 回款金额 支付方式 发票号 到账日期",
        "amount total date currency method reference 金额 日期 币种 方式",
    ),
    "products": (
        "sku productname productcode productid listprice barcode unitofmeasure 产品名称 产品编号 产品编码"
        " 商品名称 商品编码 商品编号 货号 条码 品名 型号 规格 标准价 零售价",
        "product price unitprice unit cost category brand stock 产品 商品 价格 单价 单位 成本 品牌 库存 品类",
    ),
    "tickets": (
        "ticket ticketid ticketno complaint case caseno casenumber issue severity resolution resolved 工单"
        " 工单号 投诉 投诉内容 投诉时间 投诉人 受理时间 受理人 报修 处理结果 故障描述 问题描述",
        "subject priority status description opened closed 主题 优先级 状态 问题 严重程度",
    ),
    "deals": (
        "opportunity opportunityname opportunityid stagename salesstage closedate expectedclose expectedclosedate"
        " expectedrevenue forecastcategory dealname dealstage 商机 商机名称 商机编号 商机阶段 销售阶段 预计成交"
        " 预计成交日期 预计签单日期",
        "stage probability amount nextstep leadsource isclosed iswon competitor currency 阶段 赢率 金额 竞争对手",
    ),
    "events": (
        "startdate starttime enddate endtime start end attendees organizer alldayevent meeting 开始时间"
        " 结束时间 会议 会议主题 参会人 参加人 开始日期 结束日期",
        "subject location date time duration 主题 地点 时间 时长",
    ),
}  # fmt: skip

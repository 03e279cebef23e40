//! The ten columns of an order export: their names, which may be blank, and the names that others give them.

use std::sync::LazyLock;

use crate::check::schema::TableSchema;
use crate::kinds::data_gap::orders::status::Status;
use crate::kinds::data_gap::rules::REQUIRED_COLUMNS;

/// A column of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::kinds::data_gap) enum Field {
    OrderId,
    CreatedAt,
    CustomerKey,
    ProgramId,
    Amount,
    PaymentStatus,
    PaymentRef,
    DiscountCode,
    SourceEvent,
    OwnerNote,
}

/// The contract as far as a table schema can say it. What a cell may be beyond that is said by the reading of each
/// column; a test holds both together.
pub(super) static SCHEMA: LazyLock<TableSchema> = LazyLock::new(|| {
    let mut findings = Vec::new();
    TableSchema::declared("orders.json", include_bytes!("../tables/orders.json"), &mut findings)
        .unwrap_or_else(|| panic!("embedded schema: {findings:?}"))
});

/// How many columns the contract has.
pub(in crate::kinds::data_gap) const FIELDS: usize = 10;

impl Field {
    /// Every column, in the order of the contract.
    pub(in crate::kinds::data_gap) const ALL: [Self; FIELDS] = [
        Self::OrderId,
        Self::CreatedAt,
        Self::CustomerKey,
        Self::ProgramId,
        Self::Amount,
        Self::PaymentStatus,
        Self::PaymentRef,
        Self::DiscountCode,
        Self::SourceEvent,
        Self::OwnerNote,
    ];

    /// The bits of all of them.
    pub(super) const EVERY: u16 = (1 << FIELDS) - 1;

    /// Those of keys, codes and notes, which are read as texts.
    pub(super) const TEXTS: [Self; 7] = [
        Self::OrderId,
        Self::CustomerKey,
        Self::ProgramId,
        Self::PaymentRef,
        Self::DiscountCode,
        Self::SourceEvent,
        Self::OwnerNote,
    ];

    /// Its name in the header.
    pub(in crate::kinds::data_gap) fn name(self) -> &'static str {
        REQUIRED_COLUMNS[self as usize].0
    }

    /// A bit of its own.
    pub(super) fn bit(self) -> u16 {
        1 << self as u16
    }

    /// The column of this name.
    pub(super) fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }

    /// Whether its cells tell rows apart, so that a damaged one must not be used.
    pub(super) fn is_key(self) -> bool {
        matches!(self, Self::OrderId | Self::CustomerKey | Self::ProgramId | Self::PaymentRef)
    }

    /// Bits of the columns whose cells may be blank in a row of this status. No discount, no event and no note are
    /// ordinary; an order that nobody has paid yet, or whose payment failed, or that is free of charge, may have no payment.
    pub(super) fn may_be_blank(status: Option<Status>, amount: Option<i64>) -> u16 {
        let without_payment = matches!(status, None | Some(Status::Pending | Status::Failed)) || amount == Some(0);
        let payment = if without_payment { Self::PaymentRef.bit() } else { 0 };
        payment | Self::DiscountCode.bit() | Self::SourceEvent.bit() | Self::OwnerNote.bit()
    }

    /// Names under which other programs export something like it, folded. They are suggested, never taken.
    pub(super) fn look_alikes(self) -> &'static [&'static str] {
        LOOK_ALIKES[self as usize]
    }
}

/// In the order of [`Field::ALL`].
static LOOK_ALIKES: [&[&str]; FIELDS] = [
    // OrderId
    &[
        "order no",
        "order no.",
        "order_no",
        "orderno",
        "order number",
        "order_number",
        "order id",
        "orderid",
        "order-id",
        "orderlogid",
        "訂單編號",
        "訂單號碼",
        "訂單號",
        "單號",
    ],
    // CreatedAt
    &[
        "created at",
        "createdat",
        "created",
        "create time",
        "order date",
        "order_date",
        "orderlogcreatedat",
        "order created time",
        "date",
        "datetime",
        "訂單建立時間",
        "建立時間",
        "建立日期",
        "下單時間",
        "訂單日期",
        "交易日期",
        "日期",
    ],
    // CustomerKey
    &[
        "customer",
        "customer id",
        "customer_id",
        "customerkey",
        "customer key",
        "member id",
        "member_id",
        "user_id",
        "memberemail",
        "membername",
        "email",
        "會員",
        "會員編號",
        "會員姓名",
        "會員信箱",
        "客戶代碼",
        "客戶",
        "顧客",
    ],
    // ProgramId
    &[
        "program",
        "program id",
        "programid",
        "product",
        "product id",
        "product_id",
        "plan_id",
        "item",
        "orderproductid",
        "課程",
        "課程編號",
        "方案",
        "方案編號",
        "項目編號",
        "商品編號",
    ],
    // Amount
    &[
        "price",
        "total",
        "total price",
        "total_price",
        "amount (twd)",
        "amount(twd)",
        "order total",
        "paid amount",
        "orderlogtotalprice",
        "金額",
        "訂單金額",
        "訂單總額",
        "交易金額",
        "總額",
        "價格",
        "實付金額",
    ],
    // PaymentStatus
    &[
        "status",
        "payment status",
        "paymentstatus",
        "order status",
        "order_status",
        "orderlogstatus",
        "financial status",
        "狀態",
        "訂單狀態",
        "付款狀態",
    ],
    // PaymentRef
    &[
        "payment ref",
        "paymentref",
        "payment no",
        "payment_no",
        "payment reference",
        "transaction id",
        "transaction_id",
        "paymentlogno",
        "交易編號",
        "金流編號",
        "付款編號",
        "金流交易編號",
    ],
    // DiscountCode
    &[
        "discount",
        "discount code",
        "discountcode",
        "coupon",
        "coupon code",
        "coupon_code",
        "promo code",
        "orderdiscountname",
        "折扣碼",
        "折扣代碼",
        "優惠碼",
        "優惠代碼",
        "折扣名稱",
    ],
    // SourceEvent
    &[
        "source",
        "source event",
        "sourceevent",
        "event",
        "utm_source",
        "campaign",
        "sharingcode",
        "來源",
        "來源活動",
        "活動",
        "直播",
        "推廣網址",
    ],
    // OwnerNote
    &["note", "notes", "owner note", "ownernote", "remark", "remarks", "memo", "備註", "註記", "說明"],
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::field::FieldKind;
    use crate::check::schema::FieldsMatch;
    use crate::kinds::data_gap::orders::status::WORDS;

    #[test]
    fn the_schema_says_what_is_checked() {
        assert_eq!(SCHEMA.fields_match, FieldsMatch::Subset);
        assert!(SCHEMA.fields.iter().map(|field| field.name.as_str()).eq(Field::ALL.map(Field::name)));
        for (field, known) in SCHEMA.fields.iter().zip(Field::ALL) {
            let mut statuses = WORDS.map(|(_, status)| Some(status)).into_iter().chain([None]);
            let may_be_blank = statuses.any(|status| Field::may_be_blank(status, Some(1)) & known.bit() != 0);
            assert_eq!(field.required, !may_be_blank, "{}", field.name);
            let kind_fits = match known {
                Field::CreatedAt => matches!(field.kind, FieldKind::Moment(_)),
                Field::Amount => matches!(field.kind, FieldKind::Integer(_)),
                _ => field.kind == FieldKind::Text,
            };
            assert!(kind_fits, "{}", field.name);
            let words = if known == Field::PaymentStatus { &WORDS[..] } else { &[] };
            let words: Vec<_> = words.iter().map(|(word, _)| *word).collect();
            assert_eq!(field.words, words, "{}", field.name);
        }
    }
}

import type { Decimal, ReadOnly } from './column-types.ts';

/** Tables of WHMCS, by the columns we may read (rights.ts); whmcs.md §5 describes them. */
export interface WhmcsTables {
  tblclients: {
    id: ReadOnly<number>;
    groupid: ReadOnly<number>;
    currency: ReadOnly<number>;
    credit: Decimal;
    status: ReadOnly<string>;
    datecreated: ReadOnly<string>;
    country: ReadOnly<string>;
    defaultgateway: ReadOnly<string>;
  };
  tblclientgroups: { id: ReadOnly<number>; groupname: ReadOnly<string> };
  tblcurrencies: {
    id: ReadOnly<number>;
    code: ReadOnly<string>;
    prefix: ReadOnly<string>;
    suffix: ReadOnly<string>;
    format: ReadOnly<number>;
    rate: ReadOnly<string>;
    default: ReadOnly<number>;
  };
  tblinvoices: {
    id: ReadOnly<number>;
    userid: ReadOnly<number>;
    date: ReadOnly<string | null>;
    duedate: ReadOnly<string | null>;
    datepaid: ReadOnly<string>;
    last_capture_attempt: ReadOnly<string>;
    subtotal: Decimal;
    credit: Decimal;
    tax: Decimal;
    tax2: Decimal;
    total: Decimal;
    status: ReadOnly<string>;
    paymentmethod: ReadOnly<string>;
  };
  tblinvoiceitems: {
    id: ReadOnly<number>;
    invoiceid: ReadOnly<number>;
    userid: ReadOnly<number>;
    type: ReadOnly<string>;
    relid: ReadOnly<number>;
    amount: Decimal;
    taxed: ReadOnly<number>;
  };
  tblaccounts: {
    id: ReadOnly<number>;
    userid: ReadOnly<number>;
    currency: ReadOnly<number>;
    gateway: ReadOnly<string>;
    /** Named by the gateway; empty when nobody named it. */
    transid: ReadOnly<string>;
    date: ReadOnly<string | null>;
    amountin: Decimal;
    amountout: Decimal;
    invoiceid: ReadOnly<number>;
    refundid: ReadOnly<number>;
  };
  tblcredit: {
    id: ReadOnly<number>;
    clientid: ReadOnly<number>;
    date: ReadOnly<string>;
    description: ReadOnly<string>;
    amount: Decimal;
    relid: ReadOnly<number>;
    /** Who did it by hand; 0 when nobody did (whmcs.md §2.1). */
    admin_id: ReadOnly<number>;
  };
  tblorders: {
    id: ReadOnly<number>;
    userid: ReadOnly<number>;
    invoiceid: ReadOnly<number>;
    status: ReadOnly<string>;
    date: ReadOnly<string>;
  };
  tblhosting: {
    id: ReadOnly<number>;
    userid: ReadOnly<number>;
    packageid: ReadOnly<number>;
    server: ReadOnly<number>;
    domainstatus: ReadOnly<string>;
    amount: Decimal;
    billingcycle: ReadOnly<string>;
    nextduedate: ReadOnly<string | null>;
  };
  tblhostingaddons: {
    id: ReadOnly<number>;
    hostingid: ReadOnly<number>;
    status: ReadOnly<string>;
    recurring: Decimal;
    billingcycle: ReadOnly<string>;
    nextduedate: ReadOnly<string | null>;
  };
  tbldomains: {
    id: ReadOnly<number>;
    userid: ReadOnly<number>;
    status: ReadOnly<string>;
    recurringamount: Decimal;
    nextduedate: ReadOnly<string>;
    donotrenew: ReadOnly<number>;
  };
  tblproducts: { id: ReadOnly<number>; gid: ReadOnly<number>; name: ReadOnly<string> };
  tblproductgroups: { id: ReadOnly<number>; name: ReadOnly<string> };
  /** Admins by their log-in name, to say which admin changed credit by hand. */
  tbladmins: {
    id: ReadOnly<number>;
    username: ReadOnly<string>;
    disabled: ReadOnly<number>;
    roleid: ReadOnly<number>;
  };
  /** Permissions of roles, as undocumented numbers: they show that a role lost something, but not what. */
  tbladminperms: {
    roleid: ReadOnly<number>;
    permid: ReadOnly<number>;
  };
  /** Downgrades whose difference became credit (whmcs.md §2.5). */
  tblupgrades: {
    id: ReadOnly<number>;
    type: ReadOnly<string>;
    relid: ReadOnly<number>;
    amount: Decimal;
    credit_amount: Decimal;
    status: ReadOnly<string>;
  };
  tblaffiliates: {
    id: ReadOnly<number>;
    clientid: ReadOnly<number>;
  };
  /** Commissions that were paid out, perhaps as credit (whmcs.md §2.5). */
  tblaffiliateswithdrawals: {
    id: ReadOnly<number>;
    affiliateid: ReadOnly<number>;
    date: ReadOnly<string>;
    amount: Decimal;
  };
}

-- The WHMCS tables that Credit Bridge meets (whmcs.md §5), as far as public sources give them: InnoDB, utf8mb3, no foreign keys,
-- zero dates, money as DECIMAL(16,2), TEXT columns NOT NULL without a default. It loads under sql_mode = '' only, which is the point.
-- Tables whose name begins with standin_ belong to the stand-in itself and do not exist in WHMCS.
SET SESSION sql_mode = '';
SET NAMES utf8mb3;

CREATE TABLE tblclients (
  id int(10) NOT NULL AUTO_INCREMENT,
  uuid varchar(255) NOT NULL DEFAULT '',
  firstname text NOT NULL,
  lastname text NOT NULL,
  companyname text NOT NULL,
  email text NOT NULL,
  address1 text NOT NULL,
  address2 text NOT NULL,
  city text NOT NULL,
  state text NOT NULL,
  postcode text NOT NULL,
  country text NOT NULL,
  phonenumber text NOT NULL,
  tax_id varchar(128) NOT NULL DEFAULT '',
  password text NOT NULL,
  authmodule text NOT NULL,
  authdata text NOT NULL,
  currency int(10) NOT NULL,
  defaultgateway text NOT NULL,
  credit decimal(16,2) NOT NULL,
  taxexempt tinyint(1) NOT NULL,
  latefeeoveride tinyint(1) NOT NULL,
  overideduenotices tinyint(1) NOT NULL,
  separateinvoices tinyint(1) NOT NULL,
  disableautocc tinyint(1) NOT NULL,
  datecreated date NOT NULL,
  notes text NOT NULL,
  billingcid int(10) NOT NULL,
  securityqid int(10) NOT NULL,
  securityqans text NOT NULL,
  groupid int(10) NOT NULL,
  cardtype varchar(255) NOT NULL DEFAULT '',
  cardlastfour text NOT NULL,
  cardnum blob NOT NULL,
  startdate blob NOT NULL,
  expdate blob NOT NULL,
  issuenumber blob NOT NULL,
  bankname text NOT NULL,
  banktype text NOT NULL,
  bankcode blob NOT NULL,
  bankacct blob NOT NULL,
  gatewayid text NOT NULL,
  lastlogin datetime DEFAULT NULL,
  ip text NOT NULL,
  host text NOT NULL,
  status enum('Active','Inactive','Closed') NOT NULL DEFAULT 'Active',
  language text NOT NULL,
  pwresetkey text NOT NULL,
  emailoptout int(1) NOT NULL,
  marketing_emails_opt_in tinyint(1) unsigned NOT NULL DEFAULT 0,
  overrideautoclose int(1) NOT NULL,
  allow_sso tinyint(1) NOT NULL DEFAULT 1,
  email_verified tinyint(1) NOT NULL DEFAULT 0,
  email_preferences text DEFAULT NULL,
  created_at timestamp NOT NULL DEFAULT '0000-00-00 00:00:00',
  updated_at timestamp NOT NULL DEFAULT '0000-00-00 00:00:00',
  pwresetexpiry timestamp NOT NULL DEFAULT '0000-00-00 00:00:00',
  PRIMARY KEY (id),
  KEY firstname_lastname (firstname(32), lastname(32)),
  KEY email (email(64)),
  KEY status_id (status, id),
  KEY lastlogin (lastlogin)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

CREATE TABLE tblcredit (
  id int(10) NOT NULL AUTO_INCREMENT,
  clientid int(10) NOT NULL,
  admin_id int(10) unsigned NOT NULL DEFAULT 0,
  date date NOT NULL,
  description text NOT NULL,
  amount decimal(16,2) NOT NULL,
  relid int(10) NOT NULL DEFAULT 0,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

CREATE TABLE tblinvoices (
  id int(10) unsigned NOT NULL AUTO_INCREMENT,
  userid int(10) NOT NULL,
  invoicenum text NOT NULL,
  date date DEFAULT NULL,
  duedate date DEFAULT NULL,
  datepaid datetime NOT NULL DEFAULT '0000-00-00 00:00:00',
  last_capture_attempt timestamp NOT NULL DEFAULT '0000-00-00 00:00:00',
  date_refunded timestamp NOT NULL DEFAULT '0000-00-00 00:00:00',
  date_cancelled timestamp NOT NULL DEFAULT '0000-00-00 00:00:00',
  subtotal decimal(16,2) NOT NULL,
  credit decimal(16,2) NOT NULL,
  tax decimal(16,2) NOT NULL,
  tax2 decimal(16,2) NOT NULL,
  total decimal(16,2) NOT NULL DEFAULT 0.00,
  taxrate decimal(10,3) NOT NULL,
  taxrate2 decimal(10,3) NOT NULL,
  status text NOT NULL,
  paymentmethod text NOT NULL,
  paymethodid int(10) unsigned DEFAULT NULL,
  notes text NOT NULL,
  created_at timestamp NOT NULL DEFAULT '0000-00-00 00:00:00',
  updated_at timestamp NOT NULL DEFAULT '0000-00-00 00:00:00',
  PRIMARY KEY (id),
  KEY userid (userid),
  KEY status (status(3)),
  KEY duedate (duedate)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

CREATE TABLE tblinvoiceitems (
  id int(10) NOT NULL AUTO_INCREMENT,
  invoiceid int(10) unsigned NOT NULL DEFAULT 0,
  userid int(10) NOT NULL,
  type varchar(30) NOT NULL,
  relid int(10) NOT NULL,
  description text NOT NULL,
  amount decimal(16,2) NOT NULL,
  taxed int(1) NOT NULL,
  duedate date DEFAULT NULL,
  paymentmethod text NOT NULL,
  notes text NOT NULL,
  PRIMARY KEY (id),
  KEY invoiceid (invoiceid),
  KEY userid (userid, type, relid)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

CREATE TABLE tblaccounts (
  id int(10) NOT NULL AUTO_INCREMENT,
  userid int(10) NOT NULL,
  currency int(10) NOT NULL,
  gateway text NOT NULL,
  date datetime DEFAULT NULL,
  description text NOT NULL,
  amountin decimal(16,2) NOT NULL,
  fees decimal(16,2) NOT NULL,
  amountout decimal(16,2) NOT NULL,
  rate decimal(16,5) NOT NULL DEFAULT 1.00000,
  transid text NOT NULL,
  invoiceid int(10) unsigned NOT NULL DEFAULT 0,
  refundid int(10) NOT NULL DEFAULT 0,
  PRIMARY KEY (id),
  KEY invoiceid (invoiceid),
  KEY userid (userid),
  KEY date (date),
  KEY transid (transid(32))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

CREATE TABLE tblconfiguration (
  id int(10) unsigned NOT NULL AUTO_INCREMENT,
  setting varchar(64) NOT NULL,
  value mediumtext NOT NULL,
  created_at timestamp NOT NULL DEFAULT '0000-00-00 00:00:00',
  updated_at timestamp NOT NULL DEFAULT '0000-00-00 00:00:00',
  PRIMARY KEY (id),
  UNIQUE KEY setting (setting)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

CREATE TABLE tblcurrencies (
  id int(10) NOT NULL AUTO_INCREMENT,
  code text NOT NULL,
  prefix text NOT NULL,
  suffix text NOT NULL,
  format int(1) NOT NULL,
  rate decimal(10,5) NOT NULL DEFAULT 1.00000,
  `default` int(1) NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

CREATE TABLE tbladdonmodules (
  id int(10) NOT NULL AUTO_INCREMENT,
  module text NOT NULL,
  setting text NOT NULL,
  value text NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

CREATE TABLE tblpaymentgateways (
  id int(10) NOT NULL AUTO_INCREMENT,
  gateway text NOT NULL,
  setting text NOT NULL,
  value text NOT NULL,
  `order` int(1) NOT NULL,
  PRIMARY KEY (id),
  KEY gateway_setting (gateway(32), setting(32)),
  KEY setting_value (setting(32), value(32))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

CREATE TABLE tblpaymethods (
  id int(10) unsigned NOT NULL AUTO_INCREMENT,
  userid int(10) NOT NULL DEFAULT 0,
  description varchar(255) NOT NULL DEFAULT '',
  contact_id int(10) NOT NULL DEFAULT 0,
  contact_type varchar(255) NOT NULL DEFAULT '',
  payment_id int(10) NOT NULL DEFAULT 0,
  payment_type varchar(255) NOT NULL DEFAULT '',
  gateway_name varchar(64) NOT NULL DEFAULT '',
  order_preference int(11) NOT NULL DEFAULT 0,
  created_at timestamp NULL DEFAULT NULL,
  updated_at timestamp NULL DEFAULT NULL,
  deleted_at timestamp NULL DEFAULT NULL,
  PRIMARY KEY (id),
  KEY userid (userid)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

CREATE TABLE tblcreditcards (
  id int(10) unsigned NOT NULL AUTO_INCREMENT,
  pay_method_id int(10) NOT NULL DEFAULT 0,
  card_type varchar(255) NOT NULL DEFAULT '',
  last_four varchar(255) NOT NULL DEFAULT '',
  expiry_date datetime NOT NULL DEFAULT '0000-00-00 00:00:00',
  card_data blob NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

CREATE TABLE tblorders (
  id int(10) NOT NULL AUTO_INCREMENT,
  ordernum bigint(10) NOT NULL,
  userid int(10) NOT NULL,
  contactid int(10) NOT NULL,
  requestor_id int(10) unsigned NOT NULL DEFAULT 0,
  admin_requestor_id int(10) unsigned NOT NULL DEFAULT 0,
  date datetime NOT NULL,
  nameservers text NOT NULL,
  transfersecret text NOT NULL,
  renewals text NOT NULL,
  promocode text NOT NULL,
  promotype text NOT NULL,
  promovalue text NOT NULL,
  orderdata text NOT NULL,
  amount decimal(16,2) NOT NULL,
  paymentmethod text NOT NULL,
  invoiceid int(10) unsigned NOT NULL DEFAULT 0,
  status text NOT NULL,
  ipaddress text NOT NULL,
  fraudmodule text NOT NULL,
  fraudoutput text NOT NULL,
  notes text NOT NULL,
  purchase_source int(10) unsigned NOT NULL DEFAULT 0,
  has_referral_products smallint(6) NOT NULL DEFAULT 0,
  PRIMARY KEY (id),
  KEY ordernum (ordernum),
  KEY userid (userid),
  KEY contactid (contactid),
  KEY date (date),
  KEY requestor_id (requestor_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

CREATE TABLE tblhosting (
  id int(10) NOT NULL AUTO_INCREMENT,
  userid int(10) NOT NULL,
  orderid int(10) NOT NULL,
  packageid int(10) NOT NULL,
  server int(10) NOT NULL,
  regdate date NOT NULL,
  domain text NOT NULL,
  paymentmethod text NOT NULL,
  qty int(10) unsigned NOT NULL DEFAULT 1,
  firstpaymentamount decimal(16,2) NOT NULL DEFAULT 0.00,
  amount decimal(16,2) NOT NULL DEFAULT 0.00,
  billingcycle text NOT NULL,
  nextduedate date DEFAULT NULL,
  nextinvoicedate date NOT NULL,
  termination_date date NOT NULL DEFAULT '0000-00-00',
  completed_date date NOT NULL DEFAULT '0000-00-00',
  domainstatus enum('Pending','Active','Suspended','Terminated','Cancelled','Fraud','Completed') NOT NULL DEFAULT 'Pending',
  username text NOT NULL,
  password text NOT NULL,
  notes text NOT NULL,
  subscriptionid text NOT NULL,
  promoid int(10) NOT NULL,
  promocount int(10) DEFAULT 0,
  suspendreason text NOT NULL,
  overideautosuspend tinyint(1) NOT NULL,
  overidesuspenduntil date NOT NULL DEFAULT '0000-00-00',
  dedicatedip text NOT NULL,
  assignedips text NOT NULL,
  ns1 text NOT NULL,
  ns2 text NOT NULL,
  diskusage int(10) NOT NULL DEFAULT 0,
  disklimit int(10) NOT NULL DEFAULT 0,
  bwusage int(10) NOT NULL DEFAULT 0,
  bwlimit int(10) NOT NULL DEFAULT 0,
  lastupdate datetime NOT NULL DEFAULT '0000-00-00 00:00:00',
  created_at timestamp NOT NULL DEFAULT '0000-00-00 00:00:00',
  updated_at timestamp NOT NULL DEFAULT '0000-00-00 00:00:00',
  PRIMARY KEY (id),
  KEY userid (userid),
  KEY orderid (orderid)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

CREATE TABLE tblhostingaddons (
  id int(10) NOT NULL AUTO_INCREMENT,
  orderid int(10) NOT NULL,
  hostingid int(10) NOT NULL,
  addonid int(10) NOT NULL,
  userid int(10) NOT NULL DEFAULT 0,
  server int(10) NOT NULL DEFAULT 0,
  name text NOT NULL,
  qty int(10) unsigned NOT NULL DEFAULT 1,
  firstpaymentamount decimal(16,2) NOT NULL DEFAULT 0.00,
  setupfee decimal(16,2) NOT NULL DEFAULT 0.00,
  recurring decimal(16,2) NOT NULL DEFAULT 0.00,
  billingcycle text NOT NULL,
  tax text NOT NULL,
  status enum('Pending','Active','Suspended','Terminated','Cancelled','Fraud','Completed') NOT NULL DEFAULT 'Pending',
  regdate date NOT NULL DEFAULT '0000-00-00',
  nextduedate date DEFAULT NULL,
  nextinvoicedate date NOT NULL,
  termination_date date NOT NULL DEFAULT '0000-00-00',
  proratadate date NOT NULL DEFAULT '0000-00-00',
  paymentmethod text NOT NULL,
  notes text NOT NULL,
  subscriptionid varchar(128) NOT NULL DEFAULT '',
  created_at timestamp NOT NULL DEFAULT '0000-00-00 00:00:00',
  updated_at timestamp NOT NULL DEFAULT '0000-00-00 00:00:00',
  PRIMARY KEY (id),
  KEY hostingid (hostingid),
  KEY userid (userid)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

CREATE TABLE tbldomains (
  id int(10) NOT NULL AUTO_INCREMENT,
  userid int(10) NOT NULL,
  orderid int(10) NOT NULL,
  type enum('Register','Transfer') NOT NULL,
  registrationdate date NOT NULL,
  domain text NOT NULL,
  firstpaymentamount decimal(16,2) NOT NULL DEFAULT 0.00,
  recurringamount decimal(16,2) NOT NULL,
  registrar text NOT NULL,
  registrationperiod int(1) NOT NULL DEFAULT 1,
  expirydate date DEFAULT NULL,
  status enum('Pending','Pending Registration','Pending Transfer','Active','Grace','Redemption','Expired','Cancelled','Fraud','Transferred Away') NOT NULL DEFAULT 'Pending',
  nextduedate date NOT NULL DEFAULT '0000-00-00',
  nextinvoicedate date NOT NULL DEFAULT '0000-00-00',
  paymentmethod text NOT NULL,
  additionalnotes text NOT NULL,
  dnsmanagement int(1) NOT NULL DEFAULT 0,
  emailforwarding int(1) NOT NULL DEFAULT 0,
  idprotection int(1) NOT NULL DEFAULT 0,
  donotrenew tinyint(1) NOT NULL DEFAULT 0,
  created_at timestamp NOT NULL DEFAULT '0000-00-00 00:00:00',
  updated_at timestamp NOT NULL DEFAULT '0000-00-00 00:00:00',
  PRIMARY KEY (id),
  KEY userid (userid),
  KEY orderid (orderid),
  KEY domain (domain(64)),
  KEY status (status)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

CREATE TABLE tblproductgroups (
  id int(10) NOT NULL AUTO_INCREMENT,
  name text NOT NULL,
  slug varchar(128) NOT NULL DEFAULT '',
  headline text DEFAULT NULL,
  tagline text DEFAULT NULL,
  orderfrmtpl text NOT NULL,
  disabledgateways text NOT NULL,
  hidden tinyint(1) NOT NULL DEFAULT 0,
  `order` int(1) NOT NULL,
  created_at timestamp NOT NULL DEFAULT '0000-00-00 00:00:00',
  updated_at timestamp NOT NULL DEFAULT '0000-00-00 00:00:00',
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

CREATE TABLE tblproducts (
  id int(10) NOT NULL AUTO_INCREMENT,
  type text NOT NULL,
  gid int(10) NOT NULL,
  name text NOT NULL,
  slug varchar(128) NOT NULL DEFAULT '',
  description text NOT NULL,
  hidden tinyint(1) NOT NULL DEFAULT 0,
  showdomainoptions tinyint(1) NOT NULL DEFAULT 0,
  stockcontrol tinyint(1) NOT NULL DEFAULT 0,
  paytype text NOT NULL,
  autosetup text NOT NULL,
  servertype text NOT NULL,
  configoption1 text NOT NULL,
  recurringcycles int(2) NOT NULL DEFAULT 0,
  tax tinyint(1) NOT NULL DEFAULT 0,
  retired tinyint(1) NOT NULL DEFAULT 0,
  `order` int(1) NOT NULL DEFAULT 0,
  created_at timestamp NOT NULL DEFAULT '0000-00-00 00:00:00',
  updated_at timestamp NOT NULL DEFAULT '0000-00-00 00:00:00',
  PRIMARY KEY (id),
  KEY gid (gid)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

CREATE TABLE tblpricing (
  id int(10) NOT NULL AUTO_INCREMENT,
  type enum('product','addon','configoptions','domainregister','domaintransfer','domainrenew','domainaddons','usage') NOT NULL,
  currency int(10) NOT NULL,
  relid int(10) NOT NULL,
  msetupfee decimal(16,2) NOT NULL,
  qsetupfee decimal(16,2) NOT NULL,
  ssetupfee decimal(16,2) NOT NULL,
  asetupfee decimal(16,2) NOT NULL,
  bsetupfee decimal(16,2) NOT NULL,
  tsetupfee decimal(16,2) NOT NULL,
  monthly decimal(16,2) NOT NULL,
  quarterly decimal(16,2) NOT NULL,
  semiannually decimal(16,2) NOT NULL,
  annually decimal(16,2) NOT NULL,
  biennially decimal(16,2) NOT NULL,
  triennially decimal(16,2) NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

CREATE TABLE tblclientgroups (
  id int(10) unsigned NOT NULL AUTO_INCREMENT,
  groupname varchar(45) NOT NULL,
  groupcolour varchar(45) DEFAULT NULL,
  discountpercent decimal(10,2) unsigned DEFAULT 0.00,
  susptermexempt text DEFAULT NULL,
  separateinvoices text NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

CREATE TABLE tblactivitylog (
  id int(10) NOT NULL AUTO_INCREMENT,
  date datetime NOT NULL,
  description text NOT NULL,
  user text NOT NULL,
  userid int(10) unsigned NOT NULL DEFAULT 0,
  user_id int(10) unsigned NOT NULL DEFAULT 0,
  admin_id int(10) unsigned NOT NULL DEFAULT 0,
  ipaddr text NOT NULL,
  PRIMARY KEY (id),
  KEY userid (userid),
  KEY user_id (user_id),
  KEY admin_id (admin_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

CREATE TABLE tbladmins (
  id int(10) NOT NULL AUTO_INCREMENT,
  uuid varchar(255) NOT NULL DEFAULT '',
  roleid int(1) NOT NULL,
  username text NOT NULL,
  password varchar(255) NOT NULL DEFAULT '',
  passwordhash varchar(255) NOT NULL DEFAULT '',
  authmodule text NOT NULL,
  authdata text NOT NULL,
  firstname text NOT NULL,
  lastname text NOT NULL,
  email text NOT NULL,
  signature text NOT NULL,
  notes text NOT NULL,
  template text NOT NULL,
  language text NOT NULL,
  disabled int(1) NOT NULL,
  loginattempts int(1) NOT NULL,
  supportdepts text NOT NULL,
  ticketnotifications text NOT NULL,
  homewidgets text NOT NULL,
  created_at timestamp NOT NULL DEFAULT '0000-00-00 00:00:00',
  updated_at timestamp NOT NULL DEFAULT '0000-00-00 00:00:00',
  PRIMARY KEY (id),
  KEY username (username(32))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

CREATE TABLE tbladminroles (
  id int(1) NOT NULL AUTO_INCREMENT,
  name text NOT NULL,
  widgets text NOT NULL,
  reports text NOT NULL,
  systememails int(1) NOT NULL,
  accountemails int(1) NOT NULL,
  supportemails int(1) NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

CREATE TABLE tbladminperms (
  roleid int(1) NOT NULL,
  permid int(1) NOT NULL,
  KEY roleid_permid (roleid, permid)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

CREATE TABLE tblcustomfields (
  id int(10) NOT NULL AUTO_INCREMENT,
  type text NOT NULL,
  relid int(10) NOT NULL DEFAULT 0,
  fieldname text NOT NULL,
  fieldtype text NOT NULL,
  description text NOT NULL,
  fieldoptions text NOT NULL,
  regexpr text NOT NULL,
  adminonly text NOT NULL,
  required text NOT NULL,
  showorder text NOT NULL,
  showinvoice text NOT NULL,
  sortorder int(10) NOT NULL DEFAULT 0,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

CREATE TABLE tblcustomfieldsvalues (
  id int(10) NOT NULL AUTO_INCREMENT,
  fieldid int(10) NOT NULL,
  relid int(10) NOT NULL,
  value text NOT NULL,
  PRIMARY KEY (id),
  KEY fieldid_relid (fieldid, relid)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

CREATE TABLE tblemails (
  id int(10) NOT NULL AUTO_INCREMENT,
  userid int(10) NOT NULL,
  subject text NOT NULL,
  message text NOT NULL,
  date datetime DEFAULT NULL,
  `to` text DEFAULT NULL,
  cc text DEFAULT NULL,
  bcc text DEFAULT NULL,
  attachments text DEFAULT NULL,
  pending tinyint(1) NOT NULL DEFAULT 0,
  message_data text DEFAULT NULL,
  failed tinyint(1) NOT NULL DEFAULT 0,
  failure_reason text DEFAULT NULL,
  retry_count int(10) NOT NULL DEFAULT 0,
  created_at timestamp NOT NULL DEFAULT '0000-00-00 00:00:00',
  updated_at timestamp NOT NULL DEFAULT '0000-00-00 00:00:00',
  campaign_id int(10) NOT NULL DEFAULT 0,
  PRIMARY KEY (id),
  KEY userid (userid)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

CREATE TABLE tblemailtemplates (
  id int(10) NOT NULL AUTO_INCREMENT,
  type text NOT NULL,
  name text NOT NULL,
  subject text NOT NULL,
  message text NOT NULL,
  attachments text NOT NULL,
  fromname text NOT NULL,
  fromemail text NOT NULL,
  disabled tinyint(1) NOT NULL DEFAULT 0,
  custom tinyint(1) NOT NULL DEFAULT 0,
  language text NOT NULL,
  copyto text NOT NULL,
  plaintext int(1) NOT NULL DEFAULT 0,
  PRIMARY KEY (id),
  KEY name (name(64))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

CREATE TABLE tbltask (
  id int(10) unsigned NOT NULL AUTO_INCREMENT,
  priority int(10) NOT NULL DEFAULT 0,
  class_name varchar(255) NOT NULL DEFAULT '',
  is_enabled tinyint(4) NOT NULL DEFAULT 1,
  is_periodic tinyint(4) NOT NULL DEFAULT 1,
  frequency int(10) unsigned NOT NULL DEFAULT 0,
  name varchar(255) NOT NULL DEFAULT '',
  description varchar(255) NOT NULL DEFAULT '',
  created_at timestamp NOT NULL DEFAULT '0000-00-00 00:00:00',
  updated_at timestamp NOT NULL DEFAULT '0000-00-00 00:00:00',
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

CREATE TABLE tbltask_status (
  id int(10) unsigned NOT NULL AUTO_INCREMENT,
  task_id int(10) unsigned NOT NULL,
  in_progress tinyint(4) NOT NULL DEFAULT 0,
  last_run datetime NOT NULL DEFAULT '0000-00-00 00:00:00',
  next_due datetime NOT NULL DEFAULT '0000-00-00 00:00:00',
  created_at timestamp NOT NULL DEFAULT '0000-00-00 00:00:00',
  updated_at timestamp NOT NULL DEFAULT '0000-00-00 00:00:00',
  PRIMARY KEY (id),
  KEY task_id (task_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

CREATE TABLE tblaffiliates (
  id int(10) NOT NULL AUTO_INCREMENT,
  date date NOT NULL,
  clientid int(10) NOT NULL,
  visitors int(1) NOT NULL DEFAULT 0,
  paytype text NOT NULL DEFAULT '',
  payamount decimal(16,2) NOT NULL DEFAULT 0.00,
  onetime int(1) NOT NULL DEFAULT 0,
  balance decimal(16,2) NOT NULL DEFAULT 0.00,
  withdrawn decimal(16,2) NOT NULL DEFAULT 0.00,
  created_at timestamp NOT NULL DEFAULT '0000-00-00 00:00:00',
  updated_at timestamp NOT NULL DEFAULT '0000-00-00 00:00:00',
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

CREATE TABLE tblaffiliateswithdrawals (
  id int(10) NOT NULL AUTO_INCREMENT,
  affiliateid int(10) NOT NULL,
  date date NOT NULL,
  amount decimal(16,2) NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

CREATE TABLE tblupgrades (
  id int(10) NOT NULL AUTO_INCREMENT,
  userid int(10) NOT NULL DEFAULT 0,
  orderid int(10) NOT NULL DEFAULT 0,
  type enum('service','addon','package','configoptions') NOT NULL,
  date date NOT NULL,
  relid int(10) NOT NULL,
  originalvalue text NOT NULL,
  newvalue text NOT NULL,
  new_cycle text NOT NULL,
  amount decimal(16,2) NOT NULL,
  credit_amount decimal(16,2) NOT NULL DEFAULT 0.00,
  days_remaining int(10) NOT NULL DEFAULT 0,
  total_days_in_cycle int(10) NOT NULL DEFAULT 0,
  new_recurring_amount decimal(16,2) NOT NULL DEFAULT 0.00,
  recurringchange decimal(16,2) NOT NULL,
  status enum('Pending','Completed') NOT NULL DEFAULT 'Pending',
  paid enum('Y','N') NOT NULL DEFAULT 'N',
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

CREATE TABLE tblusers (
  id int(10) unsigned NOT NULL AUTO_INCREMENT,
  first_name varchar(255) NOT NULL DEFAULT '',
  last_name varchar(255) NOT NULL DEFAULT '',
  email varchar(255) NOT NULL,
  password varchar(255) NOT NULL DEFAULT '',
  language varchar(32) NOT NULL DEFAULT '',
  second_factor varchar(255) NOT NULL DEFAULT '',
  security_question_id int(10) NOT NULL DEFAULT 0,
  last_ip varchar(64) NOT NULL DEFAULT '',
  last_login datetime DEFAULT NULL,
  created_at timestamp NULL DEFAULT NULL,
  updated_at timestamp NULL DEFAULT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY email (email)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

CREATE TABLE tblusers_clients (
  id int(10) unsigned NOT NULL AUTO_INCREMENT,
  auth_user_id int(10) unsigned NOT NULL,
  client_id int(10) unsigned NOT NULL,
  invite_id int(10) unsigned NOT NULL DEFAULT 0,
  owner tinyint(1) NOT NULL DEFAULT 0,
  permissions text DEFAULT NULL,
  last_login datetime DEFAULT NULL,
  created_at timestamp NULL DEFAULT NULL,
  updated_at timestamp NULL DEFAULT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY auth_user_client (auth_user_id, client_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

CREATE TABLE tbltransaction_history (
  id int(10) unsigned NOT NULL AUTO_INCREMENT,
  invoice_id int(10) unsigned NOT NULL DEFAULT 0,
  gateway varchar(32) NOT NULL DEFAULT '',
  transaction_id varchar(255) NOT NULL DEFAULT '',
  remote_status varchar(255) NOT NULL DEFAULT '',
  completed tinyint(1) NOT NULL DEFAULT 0,
  description varchar(255) NOT NULL DEFAULT '',
  additional_information text NOT NULL,
  amount decimal(16,2) NOT NULL DEFAULT 0.00,
  currency_id int(10) unsigned NOT NULL DEFAULT 0,
  created_at timestamp NULL DEFAULT NULL,
  updated_at timestamp NULL DEFAULT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

CREATE TABLE tblgatewaylog (
  id int(10) NOT NULL AUTO_INCREMENT,
  date datetime NOT NULL,
  gateway text NOT NULL,
  data text NOT NULL,
  transaction_history_id int(10) unsigned NOT NULL DEFAULT 0,
  result text NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

CREATE TABLE tblerrorlog (
  id int(10) unsigned NOT NULL AUTO_INCREMENT,
  severity varchar(16) NOT NULL,
  exception_class varchar(255) DEFAULT NULL,
  message text NOT NULL,
  filename varchar(255) DEFAULT NULL,
  line int(10) DEFAULT NULL,
  details text DEFAULT NULL,
  created_at timestamp NOT NULL DEFAULT '0000-00-00 00:00:00',
  updated_at timestamp NOT NULL DEFAULT '0000-00-00 00:00:00',
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

CREATE TABLE tblmodulelog (
  id int(10) NOT NULL AUTO_INCREMENT,
  date datetime NOT NULL,
  module text NOT NULL,
  action text NOT NULL,
  request text NOT NULL,
  response text NOT NULL,
  arrdata text NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

CREATE TABLE tblbillableitems (
  id int(10) NOT NULL AUTO_INCREMENT,
  userid int(10) NOT NULL,
  description text NOT NULL,
  hours decimal(5,2) NOT NULL,
  amount decimal(16,2) NOT NULL,
  recur int(5) NOT NULL DEFAULT 0,
  recurcycle text NOT NULL,
  recurfor int(5) NOT NULL DEFAULT 0,
  invoiceaction int(1) NOT NULL,
  unit tinyint(1) NOT NULL DEFAULT 0,
  duedate date NOT NULL,
  invoicecount int(10) NOT NULL DEFAULT 0,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

CREATE TABLE tblinvoicedata (
  id int(10) unsigned NOT NULL AUTO_INCREMENT,
  invoice_id int(10) unsigned NOT NULL,
  country varchar(2) NOT NULL DEFAULT '',
  PRIMARY KEY (id),
  UNIQUE KEY invoice_id (invoice_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

CREATE TABLE mod_invoicedata (
  invoiceid int(10) NOT NULL,
  clientsdetails text NOT NULL,
  customfields text NOT NULL,
  version varchar(16) NOT NULL DEFAULT '',
  PRIMARY KEY (invoiceid)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

CREATE TABLE tbldeviceauth (
  id int(10) unsigned NOT NULL AUTO_INCREMENT,
  identifier varchar(255) NOT NULL,
  secret varchar(255) NOT NULL,
  compat_secret varchar(255) NOT NULL DEFAULT '',
  user_id int(10) NOT NULL,
  is_admin tinyint(1) NOT NULL DEFAULT 1,
  role_ids text NOT NULL,
  description varchar(255) NOT NULL DEFAULT '',
  last_access datetime NOT NULL DEFAULT '0000-00-00 00:00:00',
  created_at timestamp NOT NULL DEFAULT '0000-00-00 00:00:00',
  updated_at timestamp NOT NULL DEFAULT '0000-00-00 00:00:00',
  deleted_at timestamp NULL DEFAULT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY identifier (identifier)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

CREATE TABLE tblapi_roles (
  id int(10) unsigned NOT NULL AUTO_INCREMENT,
  role varchar(255) NOT NULL,
  description varchar(255) NOT NULL DEFAULT '',
  permissions text NOT NULL,
  created_at timestamp NOT NULL DEFAULT '0000-00-00 00:00:00',
  updated_at timestamp NOT NULL DEFAULT '0000-00-00 00:00:00',
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_unicode_ci;

-- The stand-in's own tables -------------------------------------------------------------------------------------------------

-- Switches for what is unknown about WHMCS, the movable clock, faults that tests ask for.
CREATE TABLE standin_settings (
  name varchar(64) NOT NULL,
  value varchar(255) NOT NULL,
  PRIMARY KEY (name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Every change of money, written by triggers alone (triggers.sql). Nothing else writes here.
CREATE TABLE standin_money_log (
  id bigint unsigned NOT NULL AUTO_INCREMENT,
  at datetime(6) NOT NULL,
  connection_id bigint unsigned NOT NULL,
  what enum('balance','invoice_credit','invoice_total','invoice_status','payment','note','credit_log') NOT NULL,
  client_id int NOT NULL,
  invoice_id int unsigned NOT NULL DEFAULT 0,
  before_value varchar(32) DEFAULT NULL,
  after_value varchar(32) DEFAULT NULL,
  PRIMARY KEY (id),
  KEY client_id (client_id),
  KEY invoice_id (invoice_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- What the stand-in did (captures, suspensions, reminders, hooks' surroundings), in order, written on a connection of its own.
CREATE TABLE standin_event_log (
  id bigint unsigned NOT NULL AUTO_INCREMENT,
  at datetime(6) NOT NULL,
  clock datetime NOT NULL,
  event varchar(64) NOT NULL,
  client_id int NOT NULL DEFAULT 0,
  invoice_id int unsigned NOT NULL DEFAULT 0,
  service_id int NOT NULL DEFAULT 0,
  detail text NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Charges that the test gateway made at its own side, so that "charged, then timed out" can be told apart from "never charged".
CREATE TABLE standin_gateway_charges (
  id int unsigned NOT NULL AUTO_INCREMENT,
  transid varchar(64) NOT NULL,
  invoice_id int unsigned NOT NULL,
  amount decimal(16,2) NOT NULL,
  at datetime(6) NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY transid (transid)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Demonstration data: deterministic but for dates, which are counted from today, so that something is always due.
-- Log-ins are in README.md. The sum of a client's tblcredit rows equals the balance; figures obey whmcs.md §2.2.
SET SESSION sql_mode = '';
SET NAMES utf8mb3;
SET @today = COALESCE(@today, CURDATE());
SET @admin_hash = '$2y$06$Z0Qe5pCxLAR7w.26O5c3w.8O9EgGSH6UfRHo/1mlEN3bqLizTt06i';
SET @second_hash = '$2y$06$Vvo0tV8KkXN0EqFrg2sXb.MxgmjEWTwuyIqbPevaiMO6vlVbpyoYS';
SET @limited_hash = '$2y$06$ZcJTWqMgavkVTJVQdsjvreAoo3BQQeVKhGNXc3DzcpJcrrpKfxeTu';
SET @client_hash = '$2y$06$6LSKomz6bbO0e1RdlGjOGeiohVzAENZOVkU388NORrQPW2ke7KYM6';
SET @api_hash = '$2y$06$aFcsDr4V0mRdnurUmlapFuvBJIVxVdGH7PJXxsxsvPyFbQ6wRJxam';

INSERT INTO tblconfiguration (setting, value) VALUES
  ('Version', '8.13.1-release.1'), ('CompanyName', 'Example Hosting (stand-in)'), ('Email', 'billing@example.com'),
  ('SystemURL', 'http://127.0.0.1/'), ('Template', 'standin'), ('Language', 'english'), ('Charset', 'utf-8'),
  ('AddFundsEnabled', 'on'), ('AddFundsMinimum', '10.00'), ('AddFundsMaximum', '500.00'), ('AddFundsMaximumBalance', '1000.00'),
  ('AddFundsRequireOrder', 'on'), ('NoAutoApplyCredit', ''), ('CreditOnDowngrade', 'on'), ('EnableMassPay', 'on'),
  ('AllowCustomerChangeInvoiceGateway', 'on'), ('ContinuousInvoiceGeneration', ''), ('EnableProformaInvoicing', ''),
  ('TaxEnabled', ''), ('TaxType', 'Exclusive'), ('CreateInvoiceDaysBefore', '14'), ('SendInvoiceReminderDays', '7'),
  ('SendFirstOverdueInvoiceReminder', '1'), ('AutoSuspension', 'on'), ('AutoSuspensionDays', '5'),
  ('AutoCancelUnpaidDays', '30'), ('InvoiceLateFeeAmount', '0.00'), ('LateFeeType', 'Fixed'), ('LateFeeMinimum', '0.00'), ('AddLateFeeDays', '1'), ('DailyCronExecutionHour', '09'), ('lastDailyCronInvocationTime', ''),
  ('ActiveAddonModules', ''), ('AddonModulesHooks', ''), ('AddonModulesPerms', 'a:0:{}'), ('DisplayErrors', 'on');

INSERT INTO tblcurrencies (id, code, prefix, suffix, format, rate, `default`) VALUES
  (1, 'USD', '$', ' USD', 2, 1.00000, 1),
  (2, 'EUR', '', ' €', 3, 0.92000, 0),
  (3, 'JPY', '¥', ' JPY', 4, 150.00000, 0);

INSERT INTO tbladminroles (id, name) VALUES (1, 'Full Administrator'), (2, 'Sales Operator');
INSERT INTO tbladminperms (roleid, permid) VALUES
  (1, 1), (1, 2), (1, 3), (1, 4), (1, 5), (1, 6), (1, 7), (1, 8), (1, 9), (1, 10), (1, 11), (1, 12), (1, 13), (1, 14), (1, 15), (1, 16),
  (2, 9), (2, 10), (2, 11), (2, 12);
INSERT INTO tbladmins (id, uuid, roleid, username, passwordhash, firstname, lastname, email, language, created_at) VALUES
  (1, 'a0000000-0000-4000-8000-000000000001', 1, 'admin', @admin_hash, 'Ada', 'Admin', 'ada@example.com', 'english', NOW()),
  (2, 'a0000000-0000-4000-8000-000000000002', 1, 'second', @second_hash, 'Sam', 'Second', 'sam@example.com', 'english', NOW()),
  (3, 'a0000000-0000-4000-8000-000000000003', 2, 'limited', @limited_hash, 'Lea', 'Limited', 'lea@example.com', 'english', NOW());

INSERT INTO tblapi_roles (id, role, permissions) VALUES
  (1, 'Everything the stand-in knows', 'AddCredit,ApplyCredit,GetCredits,GetClientsDetails,GetInvoice,GetInvoices,CreateInvoice,UpdateInvoice,AddInvoicePayment,AddTransaction,GetTransactions,GenInvoices,CapturePayment,SendEmail,SendAdminEmail,LogActivity,GetConfigurationValue,EncryptPassword,DecryptPassword,GetCurrencies,GetClientGroups,GetPaymentMethods,WhmcsDetails,GetActivityLog,GetAdminDetails'),
  (2, 'Reading only', 'GetCredits,GetClientsDetails,GetInvoice,GetInvoices');
INSERT INTO tbldeviceauth (id, identifier, secret, user_id, role_ids, description) VALUES
  (1, 'standin-identifier', @api_hash, 1, '1', 'Full credential'),
  (2, 'standin-reader', @api_hash, 1, '2', 'Reading credential'),
  (3, 'standin-limited', @api_hash, 3, '1', 'Admin without API Access');

INSERT INTO tblclientgroups (id, groupname, groupcolour, discountpercent, susptermexempt, separateinvoices) VALUES
  (1, 'Resellers', '#d9edf7', 10.00, '', ''), (2, 'Agencies', '#fcf8e3', 0.00, '', 'on'), (3, 'VIP', '#dff0d8', 0.00, 'on', '');

INSERT INTO tblproductgroups (id, name, slug, `order`) VALUES
  (1, 'Web Hosting', 'web-hosting', 1), (2, 'Virtual Servers', 'virtual-servers', 2), (3, 'Licences', 'licences', 3);
INSERT INTO tblproducts (id, type, gid, name, slug, description, paytype, autosetup, tax, hidden, `order`) VALUES
  (1, 'hostingaccount', 1, 'Starter', 'starter', '10 GB SSD, one site, free certificate', 'recurring', 'payment', 0, 0, 1),
  (2, 'hostingaccount', 1, 'Business', 'business', '50 GB SSD, ten sites, daily backups', 'recurring', 'payment', 0, 0, 2),
  (3, 'server', 2, 'VPS Small', 'vps-small', '2 cores, 4 GB memory', 'recurring', 'payment', 0, 0, 1),
  (4, 'server', 2, 'VPS Large', 'vps-large', '8 cores, 16 GB memory', 'recurring', 'payment', 0, 0, 2),
  (5, 'other', 3, 'Panel Licence', 'panel-licence', 'One server, updates included', 'recurring', 'payment', 0, 0, 1),
  (6, 'other', 3, 'Retired Product', 'retired', '', 'recurring', '', 0, 1, 9);
INSERT INTO tblpricing (type, currency, relid, msetupfee, qsetupfee, ssetupfee, asetupfee, bsetupfee, tsetupfee, monthly, quarterly, semiannually, annually, biennially, triennially) VALUES
  ('product', 1, 1, 0, 0, 0, 0, 0, 0, 10.00, 29.00, -1, 110.00, -1, -1), ('product', 2, 1, 0, 0, 0, 0, 0, 0, 9.00, 26.00, -1, 99.00, -1, -1), ('product', 3, 1, 0, 0, 0, 0, 0, 0, 1500, 4300, -1, 16500, -1, -1),
  ('product', 1, 2, 0, 0, 0, 0, 0, 0, 25.00, -1, -1, 270.00, -1, -1), ('product', 2, 2, 0, 0, 0, 0, 0, 0, 23.00, -1, -1, 249.00, -1, -1), ('product', 3, 2, 0, 0, 0, 0, 0, 0, 3750, -1, -1, 40500, -1, -1),
  ('product', 1, 3, 5.00, 0, 0, 0, 0, 0, 20.00, -1, -1, -1, -1, -1), ('product', 2, 3, 5.00, 0, 0, 0, 0, 0, 18.40, -1, -1, -1, -1, -1), ('product', 3, 3, 750, 0, 0, 0, 0, 0, 3000, -1, -1, -1, -1, -1),
  ('product', 1, 4, 0, 0, 0, 0, 0, 0, 80.00, -1, -1, 880.00, -1, -1), ('product', 2, 4, 0, 0, 0, 0, 0, 0, 73.60, -1, -1, 809.60, -1, -1), ('product', 3, 4, 0, 0, 0, 0, 0, 0, 12000, -1, -1, 132000, -1, -1),
  ('product', 1, 5, 0, 0, 0, 0, 0, 0, -1, -1, -1, 99.00, -1, -1), ('product', 2, 5, 0, 0, 0, 0, 0, 0, -1, -1, -1, 91.08, -1, -1), ('product', 3, 5, 0, 0, 0, 0, 0, 0, -1, -1, -1, 14850, -1, -1),
  ('product', 1, 6, 0, 0, 0, 0, 0, 0, 1.00, -1, -1, -1, -1, -1);

INSERT INTO tblpaymentgateways (gateway, setting, value, `order`) VALUES
  ('standincard', 'name', 'Test Card (stand-in)', 1), ('standincard', 'type', 'CC', 1), ('standincard', 'visible', 'on', 1),
  ('banktransfer', 'name', 'Bank Transfer', 2), ('banktransfer', 'type', 'Bank', 2), ('banktransfer', 'visible', 'on', 2);

INSERT INTO tblclients (id, uuid, firstname, lastname, companyname, email, country, currency, defaultgateway, credit, groupid, status, separateinvoices, disableautocc, datecreated, created_at, updated_at) VALUES
  (1, 'c0000000-0000-4000-8000-000000000001', 'Anna', 'Example', 'Anna Example Ltd', 'anna@example.com', 'US', 1, 'standincard', 0.00, 0, 'Active', 0, 0, @today - INTERVAL 400 DAY, NOW(), NOW()),
  (2, 'c0000000-0000-4000-8000-000000000002', 'Ben', 'Carter', '', 'ben@example.com', 'US', 1, 'standincard', 50.00, 0, 'Active', 0, 0, @today - INTERVAL 390 DAY, NOW(), NOW()),
  (3, 'c0000000-0000-4000-8000-000000000003', 'Clara', 'Dupont', 'Dupont Réseau SARL', 'clara@example.com', 'FR', 2, 'standincard', 120.00, 1, 'Active', 0, 0, @today - INTERVAL 380 DAY, NOW(), NOW()),
  (4, 'c0000000-0000-4000-8000-000000000004', 'Daiki', 'Tanaka', '', 'daiki@example.com', 'JP', 3, 'standincard', 100.50, 0, 'Active', 0, 0, @today - INTERVAL 370 DAY, NOW(), NOW()),
  (5, 'c0000000-0000-4000-8000-000000000005', 'Ella', 'Novák', '', 'ella@example.com', 'CZ', 2, 'banktransfer', 0.00, 3, 'Active', 0, 0, @today - INTERVAL 360 DAY, NOW(), NOW()),
  (6, 'c0000000-0000-4000-8000-000000000006', '<script>alert(1)</script>', '<b>Bold</b>', '"><img src=x onerror=alert(2)>', 'html@example.com', 'US', 1, 'standincard', 5.00, 0, 'Active', 0, 0, @today - INTERVAL 350 DAY, NOW(), NOW()),
  (7, 'c0000000-0000-4000-8000-000000000007', 'Robert''); DROP TABLE tblclients;--', 'O''Table', '', 'sql@example.com', 'US', 1, 'standincard', 12.34, 0, 'Active', 0, 0, @today - INTERVAL 340 DAY, NOW(), NOW()),
  (8, 'c0000000-0000-4000-8000-000000000008', 'Hanna', 'Lind', 'Lind Agency', 'hanna@example.com', 'SE', 2, 'standincard', 30.00, 2, 'Active', 0, 0, @today - INTERVAL 330 DAY, NOW(), NOW()),
  (9, 'c0000000-0000-4000-8000-000000000009', 'Ivan', 'Newcomer', '', 'ivan@example.com', 'US', 1, 'standincard', 0.00, 0, 'Active', 0, 0, @today - INTERVAL 2 DAY, NOW(), NOW()),
  (10, 'c0000000-0000-4000-8000-000000000010', 'Julia', 'Pending', '', 'julia@example.com', 'DE', 2, 'standincard', 0.00, 0, 'Active', 0, 0, @today - INTERVAL 5 DAY, NOW(), NOW()),
  (11, 'c0000000-0000-4000-8000-000000000011', 'Kurt', 'Manual', '', 'kurt@example.com', 'US', 1, 'standincard', 0.00, 0, 'Active', 0, 1, @today - INTERVAL 300 DAY, NOW(), NOW()),
  (12, 'c0000000-0000-4000-8000-000000000012', 'Laura', 'Separate', '', 'laura@example.com', 'US', 1, 'standincard', 18.00, 0, 'Active', 1, 0, @today - INTERVAL 290 DAY, NOW(), NOW()),
  (13, 'c0000000-0000-4000-8000-000000000013', 'Marco', 'Overdue', '', 'marco@example.com', 'US', 1, 'standincard', 40.00, 0, 'Active', 0, 0, @today - INTERVAL 280 DAY, NOW(), NOW()),
  (14, 'c0000000-0000-4000-8000-000000000014', 'Nina', 'Partial', '', 'nina@example.com', 'US', 1, 'banktransfer', 3.00, 0, 'Active', 0, 0, @today - INTERVAL 270 DAY, NOW(), NOW()),
  (15, 'c0000000-0000-4000-8000-000000000015', 'Otto', 'Declined', '', 'otto@example.com', 'US', 1, 'standincard', 0.00, 0, 'Active', 0, 0, @today - INTERVAL 260 DAY, NOW(), NOW()),
  (16, 'c0000000-0000-4000-8000-000000000016', 'Petra', 'Closed', '', 'petra@example.com', 'US', 1, 'standincard', 7.77, 0, 'Closed', 0, 0, @today - INTERVAL 250 DAY, NOW(), NOW()),
  (17, 'c0000000-0000-4000-8000-000000000017', 'Quentin', 'Inactive', '', 'quentin@example.com', 'FR', 2, 'standincard', 0.00, 0, 'Inactive', 0, 0, @today - INTERVAL 240 DAY, NOW(), NOW()),
  (18, 'c0000000-0000-4000-8000-000000000018', 'Rosa', 'Mass', '', 'rosa@example.com', 'US', 1, 'standincard', 0.00, 0, 'Active', 0, 0, @today - INTERVAL 230 DAY, NOW(), NOW()),
  (19, 'c0000000-0000-4000-8000-000000000019', 'Stefan', 'Negative', '', 'stefan@example.com', 'US', 1, 'standincard', -5.00, 0, 'Active', 0, 0, @today - INTERVAL 220 DAY, NOW(), NOW()),
  (20, 'c0000000-0000-4000-8000-000000000020', 'Tara', 'Prepaid', '', 'tara@example.com', 'US', 1, 'standincard', 25.00, 0, 'Active', 0, 0, @today - INTERVAL 210 DAY, NOW(), NOW()),
  (21, 'c0000000-0000-4000-8000-000000000021', 'Ugo', 'History', '', 'ugo@example.com', 'IT', 2, 'standincard', 2.50, 0, 'Active', 0, 0, @today - INTERVAL 200 DAY, NOW(), NOW()),
  (22, 'c0000000-0000-4000-8000-000000000022', 'Zoë', 'Łukasz-山田', '', 'zoe@example.com', 'JP', 3, 'standincard', 0.00, 0, 'Active', 0, 0, '0000-00-00', '0000-00-00 00:00:00', '0000-00-00 00:00:00');

-- One row for each movement of the past; negative when credit was used (whmcs.md §2.1).
INSERT INTO tblcredit (id, clientid, admin_id, date, description, amount, relid) VALUES
  (1, 2, 0, @today - INTERVAL 60 DAY, 'Add Funds Invoice #901', 75.00, 0),
  (2, 2, 0, @today - INTERVAL 30 DAY, 'Credit Applied to Invoice #902', -25.00, 0),
  (3, 3, 1, @today - INTERVAL 90 DAY, 'Goodwill after the outage', 120.00, 0),
  (4, 4, 0, @today - INTERVAL 45 DAY, 'Invoice #903 Overpayment', 100.50, 0),
  (5, 6, 1, @today - INTERVAL 40 DAY, '<i>Compensation</i> & apology', 5.00, 0),
  (6, 7, 1, @today - INTERVAL 35 DAY, 'It''s "quoted"; -- credit', 12.34, 0),
  (7, 8, 1, @today - INTERVAL 33 DAY, 'Promotion', 30.00, 0),
  (8, 12, 1, @today - INTERVAL 31 DAY, 'Promotion', 18.00, 0),
  (9, 13, 0, @today - INTERVAL 2 DAY, 'Add Funds Invoice #904', 40.00, 0),
  (10, 14, 1, @today - INTERVAL 28 DAY, 'Goodwill', 3.00, 0),
  (11, 16, 1, @today - INTERVAL 27 DAY, 'Left over', 7.77, 0),
  (12, 19, 1, @today - INTERVAL 26 DAY, 'Correction of a double booking', -5.00, 0),
  (13, 20, 0, '0000-00-00', 'Imported balance', 45.00, 0),
  (14, 20, 0, @today - INTERVAL 25 DAY, 'Credit Applied to Invoice #905', -20.00, 0),
  (15, 21, 0, @today - INTERVAL 24 DAY, 'Invoice #906 Overpayment', 12.50, 0),
  (16, 21, 0, @today - INTERVAL 23 DAY, 'Credit Applied to Invoice #907', -10.00, 0);

INSERT INTO tblusers (id, first_name, last_name, email, password, created_at)
  SELECT id, LEFT(firstname, 255), LEFT(lastname, 255), email, @client_hash, NOW() FROM tblclients;
INSERT INTO tblusers (id, first_name, last_name, email, password, created_at) VALUES
  (101, 'Bea', 'Bookkeeper', 'bea@example.com', @client_hash, NOW()), (102, 'Tim', 'Technician', 'tim@example.com', @client_hash, NOW());
INSERT INTO tblusers_clients (auth_user_id, client_id, owner, permissions, created_at)
  SELECT id, id, 1, 'profile,contacts,products,manageproducts,productsso,domains,managedomains,invoices,quotes,tickets,affiliates,emails,orders', NOW() FROM tblclients;
INSERT INTO tblusers_clients (auth_user_id, client_id, owner, permissions, created_at) VALUES
  (101, 2, 0, 'invoices,quotes,emails', NOW()), (102, 2, 0, 'products,manageproducts,tickets', NOW());

-- Stored cards of the test gateway; one whose description says "declines" is declined.
INSERT INTO tblpaymethods (id, userid, description, payment_id, payment_type, gateway_name, order_preference) VALUES
  (1, 2, 'Visa 4242', 1, 'RemoteCreditCard', 'standincard', 1), (2, 11, 'Visa 4242', 2, 'RemoteCreditCard', 'standincard', 1),
  (3, 13, 'Visa 4242', 3, 'RemoteCreditCard', 'standincard', 1), (4, 15, 'declines', 4, 'RemoteCreditCard', 'standincard', 1),
  (5, 20, 'Visa 4242', 5, 'RemoteCreditCard', 'standincard', 1);
INSERT INTO tblcreditcards (id, pay_method_id, card_type, last_four, expiry_date, card_data) VALUES
  (1, 1, 'Visa', '4242', '2030-12-31 00:00:00', ''), (2, 2, 'Visa', '4242', '2030-12-31 00:00:00', ''), (3, 3, 'Visa', '4242', '2030-12-31 00:00:00', ''),
  (4, 4, 'Visa', '0002', '2030-12-31 00:00:00', ''), (5, 5, 'Visa', '4242', '2030-12-31 00:00:00', '');

-- Active services with their orders. Nobody among clients 9, 10, 16, 17 has an active order.
INSERT INTO tblorders (id, ordernum, userid, date, amount, paymentmethod, invoiceid, status, ipaddress) VALUES
  (1, 1000000001, 1, @today - INTERVAL 20 DAY, 10.00, 'standincard', 0, 'Active', '192.0.2.1'),
  (2, 1000000002, 2, @today - INTERVAL 50 DAY, 25.00, 'standincard', 902, 'Active', '192.0.2.2'),
  (3, 1000000003, 3, @today - INTERVAL 50 DAY, 73.60, 'standincard', 0, 'Active', '192.0.2.3'),
  (4, 1000000004, 4, @today - INTERVAL 50 DAY, 1500.00, 'standincard', 0, 'Active', '192.0.2.4'),
  (5, 1000000005, 5, @today - INTERVAL 50 DAY, 9.00, 'banktransfer', 0, 'Active', '192.0.2.5'),
  (6, 1000000006, 6, @today - INTERVAL 50 DAY, 10.00, 'standincard', 0, 'Active', '192.0.2.6'),
  (7, 1000000007, 7, @today - INTERVAL 50 DAY, 10.00, 'standincard', 0, 'Active', '192.0.2.7'),
  (8, 1000000008, 8, @today - INTERVAL 50 DAY, 32.00, 'standincard', 0, 'Active', '192.0.2.8'),
  (10, 1000000010, 10, @today - INTERVAL 5 DAY, 9.00, 'standincard', 0, 'Pending', '192.0.2.10'),
  (11, 1000000011, 11, @today - INTERVAL 50 DAY, 25.00, 'standincard', 0, 'Active', '192.0.2.11'),
  (12, 1000000012, 12, @today - INTERVAL 50 DAY, 20.00, 'standincard', 0, 'Active', '192.0.2.12'),
  (13, 1000000013, 13, @today - INTERVAL 50 DAY, 25.00, 'standincard', 0, 'Active', '192.0.2.13'),
  (14, 1000000014, 14, @today - INTERVAL 50 DAY, 10.00, 'banktransfer', 0, 'Active', '192.0.2.14'),
  (15, 1000000015, 15, @today - INTERVAL 50 DAY, 25.00, 'standincard', 0, 'Active', '192.0.2.15'),
  (17, 1000000017, 17, @today - INTERVAL 90 DAY, 9.00, 'standincard', 0, 'Cancelled', '192.0.2.17'),
  (18, 1000000018, 18, @today - INTERVAL 50 DAY, 35.00, 'standincard', 0, 'Active', '192.0.2.18'),
  (19, 1000000019, 19, @today - INTERVAL 50 DAY, 10.00, 'standincard', 0, 'Active', '192.0.2.19'),
  (20, 1000000020, 20, @today - INTERVAL 50 DAY, 20.00, 'standincard', 0, 'Active', '192.0.2.20'),
  (21, 1000000021, 21, @today - INTERVAL 50 DAY, 9.00, 'standincard', 0, 'Active', '192.0.2.21'),
  (22, 1000000022, 22, @today - INTERVAL 50 DAY, 1500.00, 'standincard', 0, 'Active', '192.0.2.22');

INSERT INTO tblhosting (id, userid, orderid, packageid, regdate, domain, paymentmethod, firstpaymentamount, amount, billingcycle, nextduedate, nextinvoicedate, domainstatus) VALUES
  (1, 1, 1, 1, @today - INTERVAL 20 DAY, 'anna.example', 'standincard', 10.00, 10.00, 'Monthly', @today + INTERVAL 15 DAY, @today + INTERVAL 15 DAY, 'Active'),
  (2, 2, 2, 2, @today - INTERVAL 50 DAY, 'ben.example', 'standincard', 25.00, 25.00, 'Monthly', @today + INTERVAL 10 DAY, @today + INTERVAL 10 DAY, 'Active'),
  (3, 3, 3, 4, @today - INTERVAL 50 DAY, 'dupont.example', 'standincard', 73.60, 73.60, 'Monthly', @today + INTERVAL 12 DAY, @today + INTERVAL 12 DAY, 'Active'),
  (4, 4, 4, 1, @today - INTERVAL 50 DAY, 'tanaka.example', 'standincard', 1500.00, 1500.00, 'Monthly', @today + INTERVAL 9 DAY, @today + INTERVAL 9 DAY, 'Active'),
  (5, 5, 5, 1, @today - INTERVAL 50 DAY, 'novak.example', 'banktransfer', 9.00, 9.00, 'Monthly', @today + INTERVAL 8 DAY, @today + INTERVAL 8 DAY, 'Active'),
  (6, 6, 6, 1, @today - INTERVAL 50 DAY, '"><svg onload=alert(3)>.example', 'standincard', 10.00, 10.00, 'Monthly', @today + INTERVAL 25 DAY, @today + INTERVAL 25 DAY, 'Active'),
  (7, 7, 7, 1, @today - INTERVAL 50 DAY, 'bobby.example', 'standincard', 10.00, 10.00, 'Monthly', @today + INTERVAL 25 DAY, @today + INTERVAL 25 DAY, 'Active'),
  (8, 8, 8, 1, @today - INTERVAL 50 DAY, 'lind-one.example', 'standincard', 9.00, 9.00, 'Monthly', @today + INTERVAL 11 DAY, @today + INTERVAL 11 DAY, 'Active'),
  (9, 8, 8, 2, @today - INTERVAL 50 DAY, 'lind-two.example', 'standincard', 23.00, 23.00, 'Monthly', @today + INTERVAL 11 DAY, @today + INTERVAL 11 DAY, 'Active'),
  (10, 10, 10, 1, @today - INTERVAL 5 DAY, 'julia.example', 'standincard', 9.00, 9.00, 'Monthly', @today - INTERVAL 5 DAY, @today + INTERVAL 25 DAY, 'Pending'),
  (11, 11, 11, 2, @today - INTERVAL 50 DAY, 'kurt.example', 'standincard', 25.00, 25.00, 'Monthly', @today, @today + INTERVAL 30 DAY, 'Active'),
  (12, 12, 12, 1, @today - INTERVAL 50 DAY, 'laura-one.example', 'standincard', 10.00, 10.00, 'Monthly', @today + INTERVAL 13 DAY, @today + INTERVAL 13 DAY, 'Active'),
  (13, 12, 12, 1, @today - INTERVAL 50 DAY, 'laura-two.example', 'standincard', 10.00, 10.00, 'Monthly', @today + INTERVAL 13 DAY, @today + INTERVAL 13 DAY, 'Active'),
  (14, 13, 13, 2, @today - INTERVAL 50 DAY, 'marco.example', 'standincard', 25.00, 25.00, 'Monthly', @today - INTERVAL 6 DAY, @today + INTERVAL 24 DAY, 'Active'),
  (15, 14, 14, 1, @today - INTERVAL 50 DAY, 'nina.example', 'banktransfer', 10.00, 10.00, 'Monthly', @today - INTERVAL 7 DAY, @today + INTERVAL 23 DAY, 'Active'),
  (16, 15, 15, 2, @today - INTERVAL 50 DAY, 'otto.example', 'standincard', 25.00, 25.00, 'Monthly', @today, @today + INTERVAL 30 DAY, 'Active'),
  (17, 17, 17, 1, @today - INTERVAL 90 DAY, 'quentin.example', 'standincard', 9.00, 9.00, 'Monthly', @today - INTERVAL 60 DAY, '0000-00-00', 'Cancelled'),
  (18, 18, 18, 1, @today - INTERVAL 50 DAY, 'rosa.example', 'standincard', 10.00, 10.00, 'Monthly', @today + INTERVAL 3 DAY, @today + INTERVAL 33 DAY, 'Active'),
  (19, 18, 18, 2, @today - INTERVAL 50 DAY, 'rosa-shop.example', 'standincard', 25.00, 25.00, 'Monthly', @today + INTERVAL 4 DAY, @today + INTERVAL 34 DAY, 'Active'),
  (20, 19, 19, 1, @today - INTERVAL 50 DAY, 'stefan.example', 'standincard', 10.00, 10.00, 'Monthly', @today + INTERVAL 28 DAY, @today + INTERVAL 28 DAY, 'Active'),
  (21, 20, 20, 3, @today - INTERVAL 50 DAY, 'tara.example', 'standincard', 25.00, 20.00, 'Monthly', @today + INTERVAL 1 DAY, @today + INTERVAL 31 DAY, 'Active'),
  (22, 21, 21, 1, @today - INTERVAL 50 DAY, 'ugo.example', 'standincard', 9.00, 9.00, 'Monthly', @today + INTERVAL 27 DAY, @today + INTERVAL 27 DAY, 'Active'),
  (23, 22, 22, 1, @today - INTERVAL 50 DAY, 'zoe.example', 'standincard', 1500.00, 1500.00, 'Monthly', @today + INTERVAL 26 DAY, @today + INTERVAL 26 DAY, 'Active');

-- Invoices: paid with money, with credit, in part; open, overdue, draft, cancelled, refunded, mass payment.
INSERT INTO tblinvoices (id, userid, date, duedate, datepaid, date_cancelled, subtotal, credit, tax, tax2, total, taxrate, taxrate2, status, paymentmethod, created_at, updated_at) VALUES
  (901, 2, @today - INTERVAL 60 DAY, @today - INTERVAL 60 DAY, @today - INTERVAL 60 DAY, '0000-00-00', 75.00, 0, 0, 0, 75.00, 0, 0, 'Paid', 'standincard', NOW(), NOW()),
  (902, 2, @today - INTERVAL 50 DAY, @today - INTERVAL 50 DAY, @today - INTERVAL 30 DAY, '0000-00-00', 25.00, 25.00, 0, 0, 0.00, 0, 0, 'Paid', 'standincard', NOW(), NOW()),
  (903, 4, @today - INTERVAL 50 DAY, @today - INTERVAL 48 DAY, @today - INTERVAL 45 DAY, '0000-00-00', 1500.00, 0, 0, 0, 1500.00, 0, 0, 'Paid', 'standincard', NOW(), NOW()),
  (904, 13, @today - INTERVAL 2 DAY, @today - INTERVAL 2 DAY, @today - INTERVAL 2 DAY, '0000-00-00', 40.00, 0, 0, 0, 40.00, 0, 0, 'Paid', 'standincard', NOW(), NOW()),
  (905, 20, @today - INTERVAL 30 DAY, @today - INTERVAL 25 DAY, @today - INTERVAL 25 DAY, '0000-00-00', 20.00, 20.00, 0, 0, 0.00, 0, 0, 'Paid', 'standincard', NOW(), NOW()),
  (906, 21, @today - INTERVAL 30 DAY, @today - INTERVAL 24 DAY, @today - INTERVAL 24 DAY, '0000-00-00', 9.00, 0, 0, 0, 9.00, 0, 0, 'Paid', 'standincard', NOW(), NOW()),
  (907, 21, @today - INTERVAL 26 DAY, @today - INTERVAL 20 DAY, '0000-00-00', @today - INTERVAL 10 DAY, 23.00, 10.00, 0, 0, 13.00, 0, 0, 'Cancelled', 'standincard', NOW(), NOW()),
  (908, 21, @today - INTERVAL 1 DAY, @today + INTERVAL 20 DAY, '0000-00-00', '0000-00-00', 99.00, 0, 0, 0, 99.00, 0, 0, 'Draft', 'standincard', NOW(), NOW()),
  (909, 13, @today - INTERVAL 20 DAY, @today - INTERVAL 6 DAY, '0000-00-00', '0000-00-00', 25.00, 0, 0, 0, 25.00, 0, 0, 'Unpaid', 'standincard', NOW(), NOW()),
  (910, 14, @today - INTERVAL 21 DAY, @today - INTERVAL 7 DAY, '0000-00-00', '0000-00-00', 10.00, 0, 0, 0, 10.00, 0, 0, 'Unpaid', 'banktransfer', NOW(), NOW()),
  (911, 15, @today - INTERVAL 14 DAY, @today, '0000-00-00', '0000-00-00', 25.00, 0, 0, 0, 25.00, 0, 0, 'Unpaid', 'standincard', NOW(), NOW()),
  (912, 11, @today - INTERVAL 14 DAY, @today, '0000-00-00', '0000-00-00', 25.00, 0, 0, 0, 25.00, 0, 0, 'Unpaid', 'standincard', NOW(), NOW()),
  (913, 18, @today - INTERVAL 10 DAY, @today + INTERVAL 3 DAY, '0000-00-00', '0000-00-00', 10.00, 0, 0, 0, 10.00, 0, 0, 'Unpaid', 'standincard', NOW(), NOW()),
  (914, 18, @today - INTERVAL 10 DAY, @today + INTERVAL 4 DAY, '0000-00-00', '0000-00-00', 25.00, 0, 0, 0, 25.00, 0, 0, 'Unpaid', 'standincard', NOW(), NOW()),
  (915, 18, @today - INTERVAL 1 DAY, @today - INTERVAL 1 DAY, '0000-00-00', '0000-00-00', 35.00, 0, 0, 0, 35.00, 0, 0, 'Unpaid', 'banktransfer', NOW(), NOW()),
  (916, 20, @today - INTERVAL 13 DAY, @today + INTERVAL 1 DAY, '0000-00-00', '0000-00-00', 20.00, 0, 0, 0, 20.00, 0, 0, 'Unpaid', 'standincard', NOW(), NOW()),
  (917, 10, @today - INTERVAL 5 DAY, @today - INTERVAL 5 DAY, '0000-00-00', '0000-00-00', 9.00, 0, 0, 0, 9.00, 0, 0, 'Unpaid', 'standincard', NOW(), NOW()),
  (918, 1, @today - INTERVAL 20 DAY, @today - INTERVAL 20 DAY, @today - INTERVAL 20 DAY, '0000-00-00', 10.00, 0, 0, 0, 10.00, 0, 0, 'Paid', 'standincard', NOW(), NOW()),
  (919, 3, @today - INTERVAL 40 DAY, @today - INTERVAL 30 DAY, @today - INTERVAL 31 DAY, '0000-00-00', 100.00, 0, 19.00, 0, 119.00, 19.000, 0, 'Refunded', 'standincard', NOW(), NOW()),
  (920, 7, @today - INTERVAL 45 DAY, @today - INTERVAL 31 DAY, '0000-00-00', '0000-00-00', 10.00, 0, 0, 0, 10.00, 0, 0, 'Unpaid', 'banktransfer', NOW(), NOW()),
  (921, 8, @today - INTERVAL 15 DAY, @today - INTERVAL 1 DAY, '0000-00-00', '0000-00-00', 9.00, 0, 0, 0, 9.00, 0, 0, 'Collections', 'standincard', NOW(), NOW()),
  (922, 9, @today - INTERVAL 1 DAY, '0000-00-00', '0000-00-00', '0000-00-00', 3.33, 0, 0, 0, 3.33, 0, 0, 'Payment Pending', 'standincard', '0000-00-00', '0000-00-00');
UPDATE tblclients SET password = @client_hash;
UPDATE tblorders SET invoiceid = 917 WHERE id = 10;
UPDATE tblorders SET invoiceid = 918 WHERE id = 1;

INSERT INTO tblinvoiceitems (invoiceid, userid, type, relid, description, amount, taxed, duedate, paymentmethod) VALUES
  (901, 2, 'AddFunds', 0, 'Add Funds', 75.00, 0, @today - INTERVAL 60 DAY, 'standincard'),
  (902, 2, 'Hosting', 2, 'Business - ben.example', 25.00, 0, @today - INTERVAL 50 DAY, 'standincard'),
  (903, 4, 'Hosting', 4, 'Starter - tanaka.example', 1500.00, 0, @today - INTERVAL 48 DAY, 'standincard'),
  (904, 13, 'AddFunds', 0, 'Add Funds', 40.00, 0, @today - INTERVAL 2 DAY, 'standincard'),
  (905, 20, 'Hosting', 21, 'VPS Small - tara.example', 20.00, 0, @today - INTERVAL 25 DAY, 'standincard'),
  (906, 21, 'Hosting', 22, 'Starter - ugo.example', 9.00, 0, @today - INTERVAL 24 DAY, 'standincard'),
  (907, 21, '', 0, 'One-off work', 23.00, 0, @today - INTERVAL 20 DAY, 'standincard'),
  (908, 21, '', 0, 'Consulting, to be confirmed', 99.00, 0, @today + INTERVAL 20 DAY, 'standincard'),
  (909, 13, 'Hosting', 14, 'Business - marco.example', 25.00, 0, @today - INTERVAL 6 DAY, 'standincard'),
  (910, 14, 'Hosting', 15, 'Starter - nina.example', 10.00, 0, @today - INTERVAL 7 DAY, 'banktransfer'),
  (911, 15, 'Hosting', 16, 'Business - otto.example', 25.00, 0, @today, 'standincard'),
  (912, 11, 'Hosting', 11, 'Business - kurt.example', 25.00, 0, @today, 'standincard'),
  (913, 18, 'Hosting', 18, 'Starter - rosa.example', 10.00, 0, @today + INTERVAL 3 DAY, 'standincard'),
  (914, 18, 'Hosting', 19, 'Business - rosa-shop.example', 25.00, 0, @today + INTERVAL 4 DAY, 'standincard'),
  (915, 18, 'Invoice', 913, 'Invoice #913', 10.00, 0, @today - INTERVAL 1 DAY, 'banktransfer'),
  (915, 18, 'Invoice', 914, 'Invoice #914', 25.00, 0, @today - INTERVAL 1 DAY, 'banktransfer'),
  (916, 20, 'Hosting', 21, 'VPS Small - tara.example', 20.00, 0, @today + INTERVAL 1 DAY, 'standincard'),
  (917, 10, 'Hosting', 10, 'Starter - julia.example', 9.00, 0, @today - INTERVAL 5 DAY, 'standincard'),
  (918, 1, 'Hosting', 1, 'Starter - anna.example', 10.00, 0, @today - INTERVAL 20 DAY, 'standincard'),
  (919, 3, '', 0, 'Migration', 100.00, 1, @today - INTERVAL 30 DAY, 'standincard'),
  (920, 7, '', 0, 'Forgotten <b>work</b>; DROP TABLE tblinvoices', 10.00, 0, @today - INTERVAL 31 DAY, 'banktransfer'),
  (921, 8, '', 0, 'Late service', 9.00, 0, @today - INTERVAL 1 DAY, 'standincard'),
  (922, 9, '', 0, 'Trial', 3.33, 0, '0000-00-00', 'standincard');

INSERT INTO tblaccounts (userid, currency, gateway, date, description, amountin, fees, amountout, rate, transid, invoiceid, refundid) VALUES
  (2, 0, 'standincard', @today - INTERVAL 60 DAY, 'Invoice Payment', 75.00, 0, 0, 1.00000, 'SEED901', 901, 0),
  (4, 0, 'standincard', @today - INTERVAL 45 DAY, 'Invoice Payment', 1600.50, 0, 0, 150.00000, 'SEED903', 903, 0),
  (13, 0, 'standincard', @today - INTERVAL 2 DAY, 'Invoice Payment', 40.00, 0, 0, 1.00000, 'SEED904', 904, 0),
  (21, 0, 'standincard', @today - INTERVAL 24 DAY, 'Invoice Payment', 21.50, 0.50, 0, 0.92000, 'SEED906', 906, 0),
  (1, 0, 'standincard', @today - INTERVAL 20 DAY, 'Invoice Payment', 10.00, 0, 0, 1.00000, 'SEED918', 918, 0),
  (3, 0, 'standincard', @today - INTERVAL 31 DAY, 'Invoice Payment', 119.00, 0, 0, 0.92000, 'SEED919', 919, 0),
  (3, 0, 'standincard', @today - INTERVAL 29 DAY, 'Refund of Transaction ID SEED919', 0, 0, 119.00, 0.92000, 'SEED919R', 919, 6);

INSERT INTO tblemailtemplates (type, name, subject, message) VALUES
  ('invoice', 'Invoice Created', 'Customer Invoice', 'Dear {$client_name},\n\nThis is a notice that an invoice has been generated on {$invoice_date_created}.\n\nInvoice #{$invoice_num}\nSubtotal: {$invoice_subtotal}\nCredit: {$invoice_credit}\nAmount Due: {$invoice_balance}\nDue Date: {$invoice_date_due}\n\n{$invoice_link}\n\n{$signature}'),
  ('invoice', 'Invoice Payment Confirmation', 'Invoice Payment Confirmation', 'Dear {$client_name},\n\nThis is a payment receipt for Invoice {$invoice_num}.\n\nTotal: {$invoice_total}\nCredit: {$invoice_credit}\nPaid: {$invoice_amount_paid}\nRemaining Balance: {$invoice_balance}\n\n{$signature}'),
  ('invoice', 'Invoice Payment Reminder', 'Invoice Payment Reminder', 'Dear {$client_name},\n\nInvoice #{$invoice_num} is due on {$invoice_date_due}. Balance Due: {$invoice_balance}\n\n{$signature}'),
  ('invoice', 'First Invoice Overdue Notice', 'First Invoice Overdue Notice', 'Dear {$client_name},\n\nInvoice #{$invoice_num} was due on {$invoice_date_due} and is now overdue. Balance Due: {$invoice_balance}\n\n{$signature}'),
  ('invoice', 'Credit Card Payment Failed', 'Credit Card Payment Failed', 'Dear {$client_name},\n\nA recent card payment for invoice #{$invoice_num} failed. Balance Due: {$invoice_balance}\n\n{$signature}'),
  ('product', 'Service Suspension Notification', 'Service Suspension Notification', 'Dear {$client_name},\n\nYour service has been suspended.\n\n{$signature}'),
  ('general', 'Client Signup Email', 'Welcome', 'Dear {$client_name},\n\nThank you for signing up with us. Your credit balance is {$client_credit}.\n\n{$signature}');
INSERT INTO tblemailtemplates (type, name, subject, message, disabled) VALUES
  ('general', 'Disabled Template', 'Never sent', 'Never sent', 1);

INSERT INTO tbltask (id, priority, class_name, is_enabled, is_periodic, frequency, name) VALUES
  (1, 1520, 'CreateInvoices', 1, 1, 1440, 'Create Invoices'), (6, 1530, 'AddLateFees', 1, 1, 1440, 'Late Fees'), (2, 1550, 'ProcessCreditCardPayments', 1, 1, 1440, 'Credit Card Charges'),
  (3, 1560, 'InvoiceReminders', 1, 1, 1440, 'Invoice Reminders'), (4, 1570, 'AutoSuspensions', 1, 1, 1440, 'Suspensions'),
  (5, 1600, 'CancelUnpaidInvoices', 1, 1, 1440, 'Automatic Cancellations');
INSERT INTO tbltask_status (task_id) SELECT id FROM tbltask;

ALTER TABLE tblinvoices AUTO_INCREMENT = 1001;

-- The history above happened before the stand-in was watched.
TRUNCATE TABLE standin_money_log;

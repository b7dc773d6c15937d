-- Money is judged here: every change of a balance, of an invoice's credit, total or status, of a payment and of the credit log is
-- noted by the database itself, whoever made it. A change that is rolled back is not noted, because it did not happen.

CREATE TRIGGER standin_client_insert AFTER INSERT ON tblclients FOR EACH ROW
  INSERT INTO standin_money_log (at, connection_id, what, client_id, before_value, after_value)
  VALUES (NOW(6), CONNECTION_ID(), 'balance', NEW.id, NULL, NEW.credit);

CREATE TRIGGER standin_client_update AFTER UPDATE ON tblclients FOR EACH ROW
  INSERT INTO standin_money_log (at, connection_id, what, client_id, before_value, after_value)
  SELECT NOW(6), CONNECTION_ID(), 'balance', NEW.id, OLD.credit, NEW.credit FROM DUAL WHERE OLD.credit <> NEW.credit;

CREATE TRIGGER standin_client_delete AFTER DELETE ON tblclients FOR EACH ROW
  INSERT INTO standin_money_log (at, connection_id, what, client_id, before_value, after_value)
  VALUES (NOW(6), CONNECTION_ID(), 'balance', OLD.id, OLD.credit, NULL);

CREATE TRIGGER standin_invoice_insert AFTER INSERT ON tblinvoices FOR EACH ROW
  INSERT INTO standin_money_log (at, connection_id, what, client_id, invoice_id, before_value, after_value)
  VALUES (NOW(6), CONNECTION_ID(), 'invoice_credit', NEW.userid, NEW.id, NULL, NEW.credit),
         (NOW(6), CONNECTION_ID(), 'invoice_total', NEW.userid, NEW.id, NULL, NEW.total),
         (NOW(6), CONNECTION_ID(), 'invoice_status', NEW.userid, NEW.id, NULL, NEW.status);

CREATE TRIGGER standin_invoice_update AFTER UPDATE ON tblinvoices FOR EACH ROW
  INSERT INTO standin_money_log (at, connection_id, what, client_id, invoice_id, before_value, after_value)
  SELECT NOW(6), CONNECTION_ID(), 'invoice_credit', NEW.userid, NEW.id, OLD.credit, NEW.credit FROM DUAL WHERE OLD.credit <> NEW.credit
  UNION ALL
  SELECT NOW(6), CONNECTION_ID(), 'invoice_total', NEW.userid, NEW.id, OLD.total, NEW.total FROM DUAL WHERE OLD.total <> NEW.total
  UNION ALL
  SELECT NOW(6), CONNECTION_ID(), 'invoice_status', NEW.userid, NEW.id, OLD.status, NEW.status FROM DUAL WHERE OLD.status <> NEW.status;

CREATE TRIGGER standin_invoice_delete AFTER DELETE ON tblinvoices FOR EACH ROW
  INSERT INTO standin_money_log (at, connection_id, what, client_id, invoice_id, before_value, after_value)
  VALUES (NOW(6), CONNECTION_ID(), 'invoice_credit', OLD.userid, OLD.id, OLD.credit, NULL),
         (NOW(6), CONNECTION_ID(), 'invoice_total', OLD.userid, OLD.id, OLD.total, NULL),
         (NOW(6), CONNECTION_ID(), 'invoice_status', OLD.userid, OLD.id, OLD.status, NULL);

CREATE TRIGGER standin_payment_insert AFTER INSERT ON tblaccounts FOR EACH ROW
  INSERT INTO standin_money_log (at, connection_id, what, client_id, invoice_id, before_value, after_value)
  VALUES (NOW(6), CONNECTION_ID(), 'payment', NEW.userid, NEW.invoiceid, NULL, NEW.amountin - NEW.amountout);

CREATE TRIGGER standin_payment_update AFTER UPDATE ON tblaccounts FOR EACH ROW
  INSERT INTO standin_money_log (at, connection_id, what, client_id, invoice_id, before_value, after_value)
  VALUES (NOW(6), CONNECTION_ID(), 'payment', NEW.userid, NEW.invoiceid, OLD.amountin - OLD.amountout, NEW.amountin - NEW.amountout);

CREATE TRIGGER standin_payment_delete AFTER DELETE ON tblaccounts FOR EACH ROW
  INSERT INTO standin_money_log (at, connection_id, what, client_id, invoice_id, before_value, after_value)
  VALUES (NOW(6), CONNECTION_ID(), 'payment', OLD.userid, OLD.invoiceid, OLD.amountin - OLD.amountout, NULL);

CREATE TRIGGER standin_credit_insert AFTER INSERT ON tblcredit FOR EACH ROW
  INSERT INTO standin_money_log (at, connection_id, what, client_id, before_value, after_value)
  VALUES (NOW(6), CONNECTION_ID(), 'credit_log', NEW.clientid, NULL, NEW.amount);

CREATE TRIGGER standin_credit_update AFTER UPDATE ON tblcredit FOR EACH ROW
  INSERT INTO standin_money_log (at, connection_id, what, client_id, before_value, after_value)
  VALUES (NOW(6), CONNECTION_ID(), 'credit_log', NEW.clientid, OLD.amount, NEW.amount);

CREATE TRIGGER standin_credit_delete AFTER DELETE ON tblcredit FOR EACH ROW
  INSERT INTO standin_money_log (at, connection_id, what, client_id, before_value, after_value)
  VALUES (NOW(6), CONNECTION_ID(), 'credit_log', OLD.clientid, OLD.amount, NULL);

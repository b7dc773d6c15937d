/** The columns of lists, with the names that the pages use; long texts are read for one row only. */

export const DELIVERY_COLUMNS = [
  'd.id',
  'd.type',
  'd.outcome',
  'd.code',
  'd.message',
  'd.client_id as clientId',
  'd.invoice_id as invoiceId',
  'd.caused_by as causedBy',
  'd.fired_at as firedAt',
  'd.received_at as receivedAt',
  'd.looks',
] as const;

export const DECISION_COLUMNS = [
  'd.id',
  'd.rule',
  'd.target',
  'd.client_id as clientId',
  'd.invoice_id as invoiceId',
  'd.event',
  'd.delivery_id as deliveryId',
  'd.run_id as runId',
  'd.outcome',
  'd.effect',
  'd.amount_hundredths as amountHundredths',
  'd.fact',
  'd.reason',
  'd.settings_version as settingsVersion',
  'd.first_at as firstAt',
  'd.last_at as lastAt',
  'd.times',
] as const;

export const COMMAND_COLUMNS = [
  'c.id',
  'c.fact',
  'c.client_id as clientId',
  'c.invoice_id as invoiceId',
  'c.action',
  'c.parameters',
  'c.amount_hundredths as amountHundredths',
  'c.hold_hundredths as holdHundredths',
  'c.rule',
  'c.decision_id as decisionId',
  'c.not_before as notBefore',
  'c.state',
  'c.attempts',
  'c.reason',
  'c.created_at as createdAt',
  'c.settled_at as settledAt',
] as const;

export const COMMAND_DETAIL_COLUMNS = [
  ...COMMAND_COLUMNS,
  'c.expects',
  'c.witnesses',
  'c.answer',
  'c.caused_by as causedBy',
  'c.urgency',
  'c.started_at as startedAt',
  'c.credit_log_id as creditLogId',
] as const;

export const LAYER_COLUMNS = [
  'rule',
  'layer',
  'layer_id as layerId',
  'mode',
  'settings',
  'version',
  'changed_by as changedBy',
  'changed_at as changedAt',
  'reason',
] as const;

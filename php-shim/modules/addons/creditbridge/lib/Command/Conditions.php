<?php

// Generated from bridge/runnable.ts by `npm run generate`. Change that, not this.

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Command;

/**
 * Which commands the shim can move on now: conditions about a row c of mod_creditbridge_commands, each with the number
 * of the schema that has what it reads. The service counts with the same conditions.
 */
final class Conditions
{
    /** Checked again when a command starts. */
    const MAY_ACT = [
        [1, "EXISTS (SELECT 1 FROM mod_creditbridge_settings s WHERE s.id = 1 AND s.state = 'paired' AND s.frozen = 0)"],
        [2, "EXISTS (SELECT 1 FROM mod_creditbridge_settings s WHERE s.id = 1 AND s.halted = '')"],
        [2, "(SELECT COUNT(*) FROM mod_creditbridge_frozen_clients z WHERE z.client_id = c.client_id) = 0"],
    ];

    /** An open command that can run. */
    const RUNNABLE = [
        [1, "c.state = 'open'"],
        [1, "EXISTS (SELECT 1 FROM mod_creditbridge_settings s WHERE s.id = 1 AND s.state = 'paired' AND s.frozen = 0)"],
        [2, "EXISTS (SELECT 1 FROM mod_creditbridge_settings s WHERE s.id = 1 AND s.halted = '')"],
        [2, "(SELECT COUNT(*) FROM mod_creditbridge_frozen_clients z WHERE z.client_id = c.client_id) = 0"],
        [1, "(c.not_before IS NULL OR c.not_before <= UTC_TIMESTAMP(6)"
            . " OR c.after_fact IS NOT NULL AND (SELECT COUNT(*) FROM mod_creditbridge_commands f FORCE INDEX (fact)"
            . " WHERE f.fact = c.after_fact AND f.state IN ('done', 'refused', 'stale')) > 0)"],
        [2, "(c.requires_fact IS NULL"
            . " OR (SELECT COUNT(*) FROM mod_creditbridge_commands d FORCE INDEX (fact)"
            . " WHERE d.fact = c.requires_fact AND d.state IN ('done', 'refused', 'stale')) > 0"
            . " AND (SELECT COUNT(*) FROM mod_creditbridge_commands w"
            . " WHERE w.live_fact = c.requires_fact AND w.state <> 'done') = 0)"],
        [1, "(SELECT COUNT(*) FROM mod_creditbridge_leases l"
            . " WHERE l.client_id = c.client_id AND l.until >= UTC_TIMESTAMP(6)) = 0"],
        [1, "(c.action NOT IN ('AddCredit', 'ApplyCredit', 'UnapplyCredit', 'UpdateInvoice', 'CreateInvoice', 'CapturePayment')"
            . " OR NOT EXISTS (SELECT 1 FROM mod_creditbridge_commands u"
            . " WHERE u.client_id = c.client_id AND u.state IN ('running', 'unknown')"
            . " AND u.action IN ('AddCredit', 'ApplyCredit', 'UnapplyCredit', 'UpdateInvoice', 'CreateInvoice', 'CapturePayment')"
            . " )"
            . " AND (c.invoice_id IS NULL OR NOT EXISTS (SELECT 1 FROM mod_creditbridge_commands v"
            . " WHERE v.invoice_id = c.invoice_id AND v.state IN ('running', 'unknown')"
            . " AND v.action IN ('AddCredit', 'ApplyCredit', 'UnapplyCredit', 'UpdateInvoice', 'CreateInvoice', 'CapturePayment')"
            . " )))"],
    ];

    /** A running command that nobody runs any more: it can be settled. */
    const LEFT_BEHIND = [
        [1, "c.state = 'running' AND (c.lease_until IS NULL OR c.lease_until < UTC_TIMESTAMP(6))"
            . " AND IS_FREE_LOCK(CONCAT('creditbridge:', c.id)) = 1"],
        [1, "EXISTS (SELECT 1 FROM mod_creditbridge_settings s WHERE s.id = 1 AND s.state = 'paired' AND s.frozen = 0)"],
        [2, "EXISTS (SELECT 1 FROM mod_creditbridge_settings s WHERE s.id = 1 AND s.halted = '')"],
        [2, "(SELECT COUNT(*) FROM mod_creditbridge_frozen_clients z WHERE z.client_id = c.client_id) = 0"],
    ];

    /** Actions that change credit or an invoice. */
    const MONEY = [
        'AddCredit',
        'ApplyCredit',
        'UnapplyCredit',
        'UpdateInvoice',
        'CreateInvoice',
        'CapturePayment',
    ];
}

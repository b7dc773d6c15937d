<?php

declare(strict_types=1);

namespace StandIn\Platform;

use InvalidArgumentException;

/** Every switch of the stand-in: what WHMCS is not known to do one way or the other, and the faults tests ask for. */
final class SwitchCatalogue
{
    /** @var array<string, SwitchDefinition>|null */
    private static ?array $all = null;

    /** @return array<string, SwitchDefinition> */
    public static function all(): array
    {
        return self::$all ??= self::build();
    }

    public static function get(string $name): SwitchDefinition
    {
        return self::all()[$name] ?? throw new InvalidArgumentException("There is no switch called $name.");
    }

    /** @return array<string, SwitchDefinition> */
    private static function build(): array
    {
        // The first position is the default, a fourth member the default on 9.x. No positions mean free text, empty by default.
        $rows = [
            ['ledger', ['8.x', '9.x'], 'Mutable columns, or credit notes and immutable invoices (whmcs.md §0).'],
            ['nine_mutable', ['off', 'on'], 'On 9.x, whether configuration.php sets $allow_adminarea_invoice_mutation (§0).'],
            ['invoice_from_before_nine', ['off', 'on'], 'On 9.x, whether credit on invoices from before the upgrade still lowers their total (§2.2).'],
            ['api_line_edits', ['accepted', 'refused'], 'On 9.x, whether UpdateInvoice edits lines of what is not Draft (§0).'],
            ['ledger_9_credit_column', ['stays', 'moves'], 'On 9.x, whether tblinvoices.credit still changes when credit is applied (§8.1).'],
            ['invoice_status_before_mail', ['Unpaid', 'Draft'], 'Status while InvoiceCreation and InvoiceCreationPreEmail fire (§4.3).'],
            ['totals_after_mail', ['kept', 'overwritten'], 'Whether finalising writes the totals and status computed before the hooks (§4.3, design §8).'],
            ['auto_credit_moment', ['before-creation-hook', 'before-mail', 'after-created-hook'], 'When automatic credit use acts (§8.6).'],
            ['hook_transaction', ['none', 'commit', 'rollback', 'commit-later'], 'Whether hooks fire inside a transaction of WHMCS, and how it ends (design §3).'],
            ['commit_later_seconds', [], 'For commit-later: how long the transaction stays open.'],
            ['hook_exception', ['logged', 'fatal'], 'What an uncaught Throwable in a callback does (§8.17).'],
            ['deposit_credit_moment', ['between', 'before-preemail', 'after-paid-hook'], 'When the credit of an AddFunds invoice is booked (§8.7).'],
            ['apply_credit_hooks', ['paid', 'paid-and-payment', 'none'], 'Which hooks the application of credit fires (§8.7, §8.8).'],
            ['statement_order', ['balance-first', 'log-first'], 'Order of the writes to tblclients and tblcredit (§8.9).'],
            ['balance_write', ['relative', 'absolute'], 'Whether the balance is added to, or read and written back, which can lose an update (§8.9).'],
            ['api_transaction', ['none', 'wrapped'], 'Whether an API action runs in a transaction of its own (§8.9).'],
            ['api_connection', ['shared', 'separate'], 'Whether localAPI writes on the connection Capsule hands out (design §7.3).'],
            ['add_credit_below_zero', ['allowed', 'refused'], 'Whether AddCredit remove may go below zero (§8.9).'],
            ['negative_apply_credit', ['accepted', 'refused'], 'ApplyCredit with a negative amount (§2.4, §8.3).'],
            ['credit_on_deposit_invoices', ['allowed', 'refused'], 'Credit on AddFunds and mass-payment invoices (§8.11).'],
            ['create_invoice_auto_credit', ['parameter', 'setting'], 'Whether CreateInvoice without autoapplycredit obeys the global setting (§8.12).'],
            ['mass_payment_transit', ['logged', 'silent'], 'Whether a mass payment leaves a pair of rows in tblcredit (§2.6, §8.5).'],
            ['texts', ['english', 'german'], 'Whether descriptions in tblcredit are localised (§8.5).'],
            ['credit_relid', ['zero', 'invoice'], 'Meaning of tblcredit.relid (§8.5).'],
            ['refund_to_credit_row', ['written', 'none'], 'Whether a refund to the client\'s credit writes a row of tblaccounts (§8.15).'],
            ['update_invoice_cancel_hook', ['silent', 'fires'], 'Whether UpdateInvoice status=Cancelled fires InvoiceCancelled (§3.2).', 'fires'],
            ['cancel_hook_sees', ['new-status', 'old-status'], 'Whether InvoiceCancelled fires before the status is saved (§3.2).', 'old-status'],
            ['cancel_returns_credit', ['no', 'yes'], 'Whether cancelling gives back credit that was on the invoice (§2.7, §8.4).'],
            ['lowered_below_credit', ['stays', 'paid', 'zero', 'returned'], 'What becomes of an invoice that is lowered below what was put on it: nothing, it is Paid, its total is 0.00 at least, or the credit comes back (§2.2).'],
            ['downgrade_credit', ['price', 'paid'], 'Whether a downgrade gives back by the price of the service, or by what was paid for it (§2.5).'],
            ['invoice_refunded', ['full-only', 'every'], 'Whether InvoiceRefunded fires for partial refunds too (§4.3).'],
            ['refund_ends_as', ['Refunded', 'Collections'], 'Status of an invoice whose payment was refunded whole (§2.7).'],
            ['reversal_text', ['names-invoice', 'names-transaction', 'plain'], 'What the credit log says of a reversed deposit (§2.7).'],
            ['partial_reversal', ['amount', 'deposit'], 'Whether reversing a part of a deposit takes as much of its credit, or all of it (§2.7).'],
            ['mass_reversal_rows', ['targets', 'container'], 'Whether a reversed mass payment leaves a transaction on each invoice it paid, or on itself (§2.7).'],
            ['reversal_hooks', ['none', 'refunded'], 'Whether a reversal fires InvoiceRefunded (§4.3).'],
            ['reversal_note', ['none', 'written'], 'On 9.x, whether a reversal makes a credit note, as a refund does (§0, §2.7).'],
            ['taxed_deposits', ['no', 'exclusive', 'inclusive'], 'Whether an addon taxes deposits, at 20 % (core never does), on top or within (§2.3).'],
            ['merge_credit', ['balance-only', 'rows-and-balance', 'lost'], 'What becomes of the credit of a client who is merged into another (§2.7).'],
            ['credit_log_edit', ['row-only', 'row-and-balance'], 'Whether editing or deleting a row of the credit log moves the balance too (§2.1).'],
            ['deposit_limit_currency', ['default', 'client'], 'Currency of the deposit limits (§8.11).'],
            ['daily_task_order', ['invoices-first', 'captures-first'], 'Order of the daily tasks (§8.16).'],
            ['gateway_checks_transid', ['yes', 'no'], 'Whether the test gateway refuses a transaction id it has seen (§3.2, checkCbTransID).'],
            ['fee_line', [], 'An amount that a gateway-fee addon adds to each new invoice as a line.'],
            ['die_after_statement', [], 'Fault: <action>:<n> ends the process after the n-th write of that API action, once; <action>@<k>:<n> in its k-th call.'],
            ['die_mode', ['kill', 'exit'], 'Fault: SIGKILL, or exit, which still runs shutdown functions.'],
            ['log_statements', ['no', 'yes'], 'Writes the statements that module code causes to logs/statements.jsonl.'],
            ['clock_offset_seconds', [], 'The movable clock: seconds added to the real time.'],
        ];
        $all = [];
        foreach ($rows as $row) {
            [$name, $positions, $unknown] = $row;
            $default = $positions[0] ?? '';
            $all[$name] = new SwitchDefinition($name, $positions, $default, $row[3] ?? $default, $unknown);
        }
        return $all;
    }
}

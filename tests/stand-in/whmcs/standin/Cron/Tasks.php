<?php

declare(strict_types=1);

namespace StandIn\Cron;

use StandIn\Billing\Capture;
use StandIn\Billing\InvoiceStatus;
use StandIn\Billing\LateFee;
use StandIn\Billing\RecurringInvoices;
use StandIn\Mail\Mailer;
use StandIn\Platform\Clock;
use StandIn\Platform\Db;
use StandIn\Platform\EventLog;
use StandIn\Platform\Operation;
use StandIn\Platform\Settings;

/** The daily tasks that bear on credit. Each act is noted in standin_event_log. */
final class Tasks
{
    public static function run(string $task): string
    {
        return match ($task) {
            'CreateInvoices' => RecurringInvoices::generate()['created'] . ' created',
            'AddLateFees' => self::lateFees() . ' added',
            'ProcessCreditCardPayments' => self::captures() . ' attempted',
            'InvoiceReminders' => self::reminders() . ' sent',
            'AutoSuspensions' => self::suspensions() . ' suspended',
            'CancelUnpaidInvoices' => self::cancellations() . ' cancelled',
            default => 'unknown task',
        };
    }

    /** Once for each invoice that is overdue so many days; no fee where the client's latefeeoveride is set (whmcs.md §1.2, §1.3). */
    private static function lateFees(): int
    {
        $added = 0;
        $rows = Db::table('tblinvoices')->join('tblclients', 'tblclients.id', '=', 'tblinvoices.userid')
            ->where('tblinvoices.status', 'Unpaid')->where('duedate', '>', '0000-00-00')
            ->where('duedate', '<=', Clock::inDays(-(int) Settings::get('AddLateFeeDays')))
            ->where('latefeeoveride', 0)->orderBy('tblinvoices.id')->pluck('tblinvoices.id');
        foreach ($rows as $id) {
            $fee = LateFee::due((int) $id);
            if ($fee > 0) {
                Operation::run(static fn () => LateFee::add((int) $id, $fee));
                $added++;
            }
        }
        return $added;
    }

    /** No automatic capture where disableautocc is set (whmcs.md §1.3). */
    private static function captures(): int
    {
        $ids = Db::table('tblinvoices')->join('tblclients', 'tblclients.id', '=', 'tblinvoices.userid')
            ->where('tblinvoices.status', 'Unpaid')->where('duedate', '<=', Clock::today())
            ->where('paymentmethod', 'standincard')->where('disableautocc', 0)->orderBy('tblinvoices.id')
            ->get(['tblinvoices.id', 'tblinvoices.userid']);
        $attempted = 0;
        foreach ($ids as $row) {
            if (Capture::storedCard((int) $row->userid) !== null) {
                Operation::run(static fn (): bool => Capture::attempt((int) $row->id));
                $attempted++;
            }
        }
        return $attempted;
    }

    private static function reminders(): int
    {
        $kinds = [
            ['reminder', 'Invoice Payment Reminder', Clock::inDays((int) Settings::get('SendInvoiceReminderDays'))],
            ['firstoverdue', 'First Invoice Overdue Notice', Clock::inDays(-(int) Settings::get('SendFirstOverdueInvoiceReminder'))],
        ];
        $sent = 0;
        foreach ($kinds as [$type, $template, $date]) {
            $rows = Db::table('tblinvoices')->where('status', 'Unpaid')->where('duedate', $date)->get(['id', 'userid']);
            foreach ($rows as $row) {
                $exempt = $type !== 'reminder'
                    && (int) Db::table('tblclients')->where('id', $row->userid)->value('overideduenotices') === 1;
                if (!$exempt && Mailer::send($template, (int) $row->id)) {
                    EventLog::write('reminder', (int) $row->userid, (int) $row->id, 0, $type);
                    run_hook('InvoicePaymentReminder', ['invoiceid' => (int) $row->id, 'type' => $type]);
                    $sent++;
                }
            }
        }
        return $sent;
    }

    /** Services whose due date passed so many days ago and whose invoice is still unpaid. */
    private static function suspensions(): int
    {
        if (!Settings::isOn('AutoSuspension')) {
            return 0;
        }
        $rows = Db::table('tblhosting')->join('tblinvoiceitems', static function ($join): void {
            $join->on('tblinvoiceitems.relid', '=', 'tblhosting.id')->where('tblinvoiceitems.type', '=', 'Hosting');
        })->join('tblinvoices', 'tblinvoices.id', '=', 'tblinvoiceitems.invoiceid')
            ->leftJoin('tblclients', 'tblclients.id', '=', 'tblhosting.userid')
            ->leftJoin('tblclientgroups', 'tblclientgroups.id', '=', 'tblclients.groupid')
            ->where('tblhosting.domainstatus', 'Active')->where('tblinvoices.status', 'Unpaid')
            ->where('tblhosting.overideautosuspend', 0)
            ->whereRaw("COALESCE(tblclientgroups.susptermexempt, '') <> 'on'")
            ->where('tblhosting.nextduedate', '<=', Clock::inDays(-(int) Settings::get('AutoSuspensionDays')))
            ->where('tblinvoices.duedate', '<=', Clock::inDays(-(int) Settings::get('AutoSuspensionDays')))
            ->distinct()->get(['tblhosting.id', 'tblhosting.userid', 'tblinvoices.id as invoiceid']);
        foreach ($rows as $row) {
            Db::table('tblhosting')->where('id', $row->id)->update(
                ['domainstatus' => 'Suspended', 'suspendreason' => 'Overdue on Payment']
            );
            EventLog::write('suspend', (int) $row->userid, (int) $row->invoiceid, (int) $row->id);
            Mailer::send('Service Suspension Notification', (int) $row->id);
        }
        return $rows->count();
    }

    /** PreInvoiceAutomaticCancellation may veto (whmcs.md §2.7, §4.3). */
    private static function cancellations(): int
    {
        $days = (int) Settings::get('AutoCancelUnpaidDays');
        if ($days === 0) {
            return 0;
        }
        $rows = Db::table('tblinvoices')->where('status', 'Unpaid')->where('duedate', '>', '0000-00-00')
            ->where('duedate', '<=', Clock::inDays(-$days))->get(['id', 'userid']);
        $cancelled = 0;
        foreach ($rows as $row) {
            foreach (run_hook('PreInvoiceAutomaticCancellation', ['invoiceid' => (int) $row->id]) as $result) {
                if (is_array($result) && ($result['abortCancel'] ?? false) === true) {
                    EventLog::write('cancel-vetoed', (int) $row->userid, (int) $row->id);
                    continue 2;
                }
            }
            Operation::run(static function () use ($row): void {
                InvoiceStatus::cancel((int) $row->id);
            });
            EventLog::write('cancel', (int) $row->userid, (int) $row->id);
            $cancelled++;
        }
        return $cancelled;
    }
}

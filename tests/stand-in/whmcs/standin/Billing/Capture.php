<?php

declare(strict_types=1);

namespace StandIn\Billing;

use StandIn\Platform\Clock;
use StandIn\Platform\Db;
use StandIn\Platform\Death;
use StandIn\Platform\EventLog;
use StandIn\Platform\Money;
use StandIn\Mail\Mailer;
use StandIn\Gateway\TestGateway;

/**
 * Charges a stored card for what an invoice still owes. What the gateway says is in the card's description: "declines" is
 * declined, "times out" is charged although WHMCS never hears of it. Writes: last capture attempt, the charge at the gateway
 * (counted for die_after_statement, though it is not WHMCS's), then what a payment writes.
 */
final class Capture
{
    /** Whether the charge went through. */
    public static function attempt(int $invoiceId): bool
    {
        $invoice = Invoices::find($invoiceId);
        $clientId = (int) $invoice->userid;
        $amount = Invoices::openBalance($invoiceId);
        Db::table('tblinvoices')->where('id', $invoiceId)->update(['last_capture_attempt' => Clock::now()]);
        $method = self::storedCard($clientId);
        $approved = $method !== null && $amount > 0 && !str_contains((string) $method, 'declines');
        EventLog::write('capture', $clientId, $invoiceId, 0, Money::text($amount) . ($approved ? ' approved' : ' declined'));
        if (!$approved) {
            return self::failed($invoiceId);
        }
        $transId = TestGateway::charge($invoiceId, $amount);
        Death::afterStatement();
        if (str_contains((string) $method, 'times out')) {
            return self::failed($invoiceId);
        }
        Payment::add($invoiceId, $transId, 'standincard', $amount);
        return true;
    }

    private static function failed(int $invoiceId): bool
    {
        Mailer::send('Credit Card Payment Failed', $invoiceId);
        return false;
    }

    /** The description of the client's stored card, or null. */
    public static function storedCard(int $clientId): ?string
    {
        return Db::table('tblpaymethods')->where('userid', $clientId)->where('payment_type', 'RemoteCreditCard')
            ->whereNull('deleted_at')->orderBy('order_preference')->value('description');
    }
}

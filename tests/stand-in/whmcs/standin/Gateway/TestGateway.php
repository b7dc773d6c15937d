<?php

declare(strict_types=1);

namespace StandIn\Gateway;

use PDO;
use RuntimeException;
use StandIn\Platform\Db;
use StandIn\Platform\Instance;
use StandIn\Platform\Money;
use StandIn\Platform\Settings;

/** The far side of the test gateway: it remembers what it charged, on a connection of its own, and calls back over HTTP. */
final class TestGateway
{
    public const NAME = 'standincard';
    private const CALLBACK_LIMIT_SECONDS = 60;

    /** Returns the new transaction id. */
    public static function charge(int $invoiceId, int $hundredths): string
    {
        $transId = 'SC' . strtoupper(bin2hex(random_bytes(6)));
        Db::sideRun(
            'INSERT INTO standin_gateway_charges (transid, invoice_id, amount, at) VALUES (?, ?, ?, NOW(6))',
            [$transId, $invoiceId, Money::text($hundredths)]
        );
        return $transId;
    }

    /** Tells WHMCS of a charge, signed; again where it was told before. */
    public static function callBack(string $transId): void
    {
        $row = Db::side()->prepare('SELECT invoice_id, amount FROM standin_gateway_charges WHERE transid = ?');
        $row->execute([$transId]);
        $charge = $row->fetch(PDO::FETCH_ASSOC) ?: throw new RuntimeException("Nothing was charged as $transId.");
        self::send(['invoiceid' => (string) $charge['invoice_id'], 'transid' => $transId, 'amount' => (string) $charge['amount']]);
    }

    /** Tells WHMCS that the payer took a payment back, whatever transaction it was (whmcs.md §2.7). */
    public static function reverse(string $transId): void
    {
        self::send(['invoiceid' => '0', 'transid' => $transId, 'amount' => '0', 'reversal' => 'REV' . strtoupper(bin2hex(random_bytes(4)))]);
    }

    /** @param array<string, string> $fields */
    private static function send(array $fields): void
    {
        $request = curl_init(Settings::get('SystemURL') . 'modules/gateways/callback/standincard.php');
        curl_setopt_array($request, [
            CURLOPT_POSTFIELDS => http_build_query($fields + ['signature' => self::signature($fields)]),
            CURLOPT_RETURNTRANSFER => true, CURLOPT_TIMEOUT => self::CALLBACK_LIMIT_SECONDS,
        ]);
        if (curl_exec($request) === false) {
            throw new RuntimeException('The gateway could not call back: ' . curl_error($request));
        }
    }

    /** @param array<string, string> $fields invoiceid, transid, amount, and reversal where it tells of one */
    public static function signature(array $fields): string
    {
        $text = implode('|', [$fields['invoiceid'], $fields['transid'], $fields['amount'], $fields['reversal'] ?? '']);
        return hash_hmac('sha256', $text, Instance::get('cc_encryption_hash'));
    }

    /** Charges WHMCS has not booked: what a time-out leaves behind. @return list<array{transid: string, invoice_id: string, amount: string}> */
    public static function unreported(): array
    {
        return Db::side()->query(
            'SELECT transid, invoice_id, amount FROM standin_gateway_charges
             WHERE BINARY transid NOT IN (SELECT BINARY transid FROM tblaccounts) ORDER BY id'
        )->fetchAll(PDO::FETCH_ASSOC);
    }
}

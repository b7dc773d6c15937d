<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\SelfTest;

use RuntimeException;
use WHMCS\Module\Addon\Creditbridge\Command\Lock;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Settings;
use WHMCS\Module\Addon\Creditbridge\Uuid;

/**
 * The trial that was begun and has no verdict yet: what was there before it, in settings.trial_open. Written before the
 * trial's first act, so that whatever PHP dies on, the next look knows that something may be left and how to find it.
 */
final class TrialRecord
{
    /** @var string the id of the trial */
    public $id;
    /** @var string what is tried; one of the kinds of Verdicts */
    public $kind;
    /** @var int */
    public $clientId;
    /** @var string the client's balance before the trial */
    public $balance;
    /** @var int highest tblcredit.id before the trial */
    public $creditId;
    /** @var int highest tblinvoices.id before the trial */
    public $invoiceId;
    /** @var string UTC */
    public $begunAt;
    /** @var int how often cleaning up was begun by another process than the trial's own */
    public $cleanUps;

    /** @throws RuntimeException if another trial has no verdict yet */
    public static function begin(Settings $settings, int $clientId, string $kind): self
    {
        $row = Database::row(
            'SELECT (SELECT credit FROM tblclients WHERE id = ?) AS balance,'
            . ' (SELECT COALESCE(MAX(id), 0) FROM tblcredit) AS credit_id,'
            . ' (SELECT COALESCE(MAX(id), 0) FROM tblinvoices) AS invoice_id, UTC_TIMESTAMP() AS now_utc',
            [$clientId]
        );
        if ($row['balance'] === null) {
            throw new RuntimeException('There is no client ' . $clientId . '.');
        }
        $record = self::of([
            'id' => Uuid::v7(),
            'kind' => $kind,
            'client' => $clientId,
            'balance' => (string) $row['balance'],
            'creditId' => (int) $row['credit_id'],
            'invoiceId' => (int) $row['invoice_id'],
            'begunAt' => (string) $row['now_utc'],
            'cleanUps' => 0,
        ]);
        $settings->reload();
        if (self::open($settings) !== null || !Lock::take(self::lock($settings))) {
            throw new RuntimeException('Another trial is under way, or was cut off and is not cleaned up yet.');
        }
        $record->store($settings);

        return $record;
    }

    /** The trial without a verdict, or null. Another process may be carrying it out. */
    public static function open(Settings $settings)
    {
        $stored = $settings->json('trial_open');

        return $stored === [] ? null : self::of($stored);
    }

    /** Takes it, if no process is carrying it out or cleaning up. The lock ends with the process that holds it. */
    public static function take(Settings $settings)
    {
        if (!Lock::take(self::lock($settings))) {
            return null;
        }
        $settings->reload();
        $record = self::open($settings);
        if ($record === null) {
            self::release($settings);
        }
        return $record;
    }

    public static function release(Settings $settings): void
    {
        Lock::release(self::lock($settings));
    }

    public function store(Settings $settings): void
    {
        $settings->write(['trial_open' => [
            'id' => $this->id,
            'kind' => $this->kind,
            'client' => $this->clientId,
            'balance' => $this->balance,
            'creditId' => $this->creditId,
            'invoiceId' => $this->invoiceId,
            'begunAt' => $this->begunAt,
            'cleanUps' => $this->cleanUps,
        ]]);
    }

    /** What every text of the trial in WHMCS ends with, so that its traces are found. */
    public function text(): string
    {
        return 'Credit Bridge trial [cb-trial:' . $this->id . ']';
    }

    private static function of(array $stored): self
    {
        $record = new self();
        $record->id = (string) $stored['id'];
        $record->kind = (string) $stored['kind'];
        $record->clientId = (int) $stored['client'];
        $record->balance = (string) $stored['balance'];
        $record->creditId = (int) $stored['creditId'];
        $record->invoiceId = (int) $stored['invoiceId'];
        $record->begunAt = (string) $stored['begunAt'];
        $record->cleanUps = (int) $stored['cleanUps'];

        return $record;
    }

    private static function lock(Settings $settings): string
    {
        return 'trial:' . $settings->text('installation');
    }
}

<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Command;

use WHMCS\Database\Capsule;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Hundredths;
use WHMCS\Module\Addon\Creditbridge\Prepared;
use WHMCS\Module\Addon\Creditbridge\Schema;

/**
 * What one command is about to add to a balance, and what was added before it. Counted in slots of ten minutes before WHMCS is
 * asked, and taken off again if WHMCS added nothing. A try that was cut off in between stays counted, which is the safe side to
 * err on.
 */
final class Addition
{
    /** The number of the slot that is now, by the database's clock, so that several hosts agree. */
    const SLOT = 'UNIX_TIMESTAMP() DIV 600';
    /** A window also has the slot that it begins in, so it is never shorter than its name says. */
    const HOUR_SLOTS = 7;
    const DAY_SLOTS = 145;
    /** The counts of all clients together have this client. */
    const ALL = 0;
    const TRIES = 3;

    /** @var int */
    private $clientId;
    /** @var int hundredths */
    private $amount;
    /** @var int 0 if nothing is counted */
    private $currency = 0;
    /** @var int where it was counted */
    private $slot = 0;

    private function __construct(int $clientId, int $amount)
    {
        $this->clientId = $clientId;
        $this->amount = $amount;
    }

    /** Commands that add nothing have an addition of 0.00, which counts nothing. */
    public static function of(array $command): self
    {
        $isOne = $command['action'] === 'AddCredit' && ($command['parameters']['type'] ?? '') === 'add';

        return new self($command['client_id'], $isOne ? Hundredths::parse($command['parameters']['amount']) : 0);
    }

    /**
     * Counts it and starts its command, both in one transaction.
     *
     * @param callable $start returns whether the command was started; otherwise nothing is counted
     * @return string why it must wait instead; '' if there was room, or nothing need be counted
     */
    public function countWith(callable $start): string
    {
        // Without the tables of this schema the shim works as the version before.
        if ($this->amount === 0 || !Schema::isCurrent()) {
            $start();
            return '';
        }
        $client = Prepared::row(
            'SELECT c.currency, g.currency_id FROM tblclients c'
            . ' LEFT JOIN mod_creditbridge_ceilings g ON g.currency_id = c.currency WHERE c.id = ?',
            [$this->clientId]
        );
        if ($client === null) {
            $start();
            return '';
        }
        if ($client['currency_id'] === null) {
            Ceilings::make((int) $client['currency']);
        }
        return Capsule::connection()->transaction(function () use ($client, $start): string {
            return $this->countUnderLock((int) $client['currency'], $start);
        }, self::TRIES);
    }

    /** Takes it off where it was counted, because WHMCS added nothing. */
    public function takeOff()
    {
        if ($this->currency !== 0) {
            $this->change($this->currency, -$this->amount);
        }
    }

    /** @return array{hour: int, day: int, client: int} hundredths added in this currency: to all, and to the client in a day */
    public static function before(int $currency, int $clientId): array
    {
        $row = Prepared::row(
            'SELECT COALESCE(SUM(IF(client_id = 0 AND slot > ' . self::SLOT . ' - ' . self::HOUR_SLOTS
            . ', amount_hundredths, 0)), 0) AS hour,'
            . ' COALESCE(SUM(IF(client_id = 0, amount_hundredths, 0)), 0) AS day,'
            . ' COALESCE(SUM(IF(client_id <> 0, amount_hundredths, 0)), 0) AS client FROM mod_creditbridge_added'
            . ' WHERE currency_id = ? AND client_id IN (0, ?) AND slot > ' . self::SLOT . ' - ' . self::DAY_SLOTS,
            [$currency, $clientId]
        );
        return array_map('intval', $row);
    }

    /** Deletes counts that are older than every window. */
    public static function prune()
    {
        if (Schema::isCurrent()) {
            Database::change('DELETE FROM mod_creditbridge_added WHERE slot < ' . self::SLOT . ' - ' . 2 * self::DAY_SLOTS);
        }
    }

    private function countUnderLock(int $currency, callable $start): string
    {
        // The lock comes first, so that this transaction sees what the one before it has counted.
        $ceilings = Prepared::row(
            'SELECT *, ' . self::SLOT . ' AS slot FROM mod_creditbridge_ceilings WHERE currency_id = ? FOR UPDATE',
            [$currency]
        );
        $above = $this->above($ceilings, self::before($currency, $this->clientId));
        if ($above !== '') {
            return Ceilings::REASON . $above;
        }
        if ($start()) {
            $this->currency = $currency;
            $this->slot = (int) $ceilings['slot'];
            $this->change($currency, $this->amount);
        }
        return '';
    }

    private function above(array $ceilings, array $before): string
    {
        $sums = [
            ['single', 0, 'in one addition'],
            ['client_daily', $before['client'], 'to one client in a day'],
            ['hourly', $before['hour'], 'to all clients in an hour'],
            ['daily', $before['day'], 'to all clients in a day'],
        ];
        foreach ($sums as list($name, $sum, $what)) {
            $most = (int) $ceilings[$name . '_hundredths'];
            if ($sum + $this->amount > $most) {
                return Hundredths::format($sum + $this->amount) . ' ' . $what . ', where ' . Hundredths::format($most)
                    . ' is the most. It waits until there is room, or a full admin allows more.';
            }
        }
        return '';
    }

    private function change(int $currency, int $amount)
    {
        Prepared::change(
            'INSERT INTO mod_creditbridge_added (currency_id, client_id, slot, amount_hundredths)'
            . ' VALUES (?, ?, ?, ?), (?, ?, ?, ?)'
            . ' ON DUPLICATE KEY UPDATE amount_hundredths = amount_hundredths + VALUES(amount_hundredths)',
            [$currency, self::ALL, $this->slot, $amount, $currency, $this->clientId, $this->slot, $amount]
        );
    }
}

<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Command;

use WHMCS\Module\Addon\Creditbridge\Limits;
use WHMCS\Module\Addon\Creditbridge\Prepared;
use WHMCS\Module\Addon\Creditbridge\Uuid;

/**
 * One executor per client at a time. A row with a time limit by the database's clock and a number that grows with each
 * taking (fence): GET_LOCK and row locks are not cluster-wide, so they alone would not do (design §7.2).
 */
final class Lease
{
    /** @var int */
    private $clientId;
    /** @var string */
    private $holder;
    /** @var int */
    private $fence;
    /** @var float microtime when it was last extended */
    private $since;

    private function __construct(int $clientId, string $holder, int $fence)
    {
        $this->clientId = $clientId;
        $this->holder = $holder;
        $this->fence = $fence;
        $this->since = microtime(true);
    }

    /** Takes the client, or null when another executor has it. */
    public static function take(int $clientId)
    {
        $holder = Uuid::v7();
        $until = 'UTC_TIMESTAMP(6) + INTERVAL ' . Limits::LEASE_SECONDS . ' SECOND';
        $update = 'UPDATE mod_creditbridge_leases SET holder = ?, fence = LAST_INSERT_ID(fence + 1), until = ' . $until
            . ' WHERE client_id = ? AND (until IS NULL OR until < UTC_TIMESTAMP(6))';
        if (Prepared::change($update, [$holder, $clientId]) === 1) {
            return new self($clientId, $holder, Prepared::lastNumber());
        }
        $insert = 'INSERT IGNORE INTO mod_creditbridge_leases (client_id, holder, fence, until) VALUES (?, ?, 1, ' . $until . ')';

        return Prepared::change($insert, [$clientId, $holder]) === 1 ? new self($clientId, $holder, 1) : null;
    }

    public function fence(): int
    {
        return $this->fence;
    }

    public function holder(): string
    {
        return $this->holder;
    }

    /** Whether the lease is still ours; extends it when a third of it is over. */
    public function isHeld(): bool
    {
        if (microtime(true) - $this->since < Limits::LEASE_SECONDS / 3) {
            return true;
        }
        $this->since = microtime(true);

        return Prepared::change(
            'UPDATE mod_creditbridge_leases SET until = UTC_TIMESTAMP(6) + INTERVAL ' . Limits::LEASE_SECONDS . ' SECOND'
            . ' WHERE client_id = ? AND holder = ? AND fence = ? AND until > UTC_TIMESTAMP(6)',
            [$this->clientId, $this->holder, $this->fence]
        ) === 1;
    }

    public function release(): void
    {
        Prepared::change(
            'UPDATE mod_creditbridge_leases SET holder = NULL, until = NULL WHERE client_id = ? AND holder = ? AND fence = ?',
            [$this->clientId, $this->holder, $this->fence]
        );
    }
}

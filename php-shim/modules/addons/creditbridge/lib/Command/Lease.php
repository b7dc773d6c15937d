<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Command;

use WHMCS\Module\Addon\Creditbridge\Limits;
use WHMCS\Module\Addon\Creditbridge\Prepared;
use WHMCS\Module\Addon\Creditbridge\Uuid;

/**
 * Ensures one executor per client at a time. The lease is a row with a time limit by the database's clock and a number
 * (fence) that grows each time it is taken. GET_LOCK and row locks are not cluster-wide, so they are not enough (design
 * §7.2). A command takes the lease at its start and releases it when it is settled (Queue). This class takes it to
 * settle commands of dead processes.
 */
final class Lease
{
    /** @var int */
    private $clientId;
    /** @var string */
    private $holder;

    private function __construct(int $clientId, string $holder)
    {
        $this->clientId = $clientId;
        $this->holder = $holder;
    }

    /** Takes the client's lease. Returns null if another executor has it. */
    public static function take(int $clientId)
    {
        self::prepare([$clientId]);
        $holder = Uuid::v7();

        return Prepared::change(
            'UPDATE mod_creditbridge_leases SET holder = ?, fence = fence + 1, until = UTC_TIMESTAMP(6) + INTERVAL '
            . Limits::LEASE_SECONDS . ' SECOND WHERE client_id = ? AND (until IS NULL OR until < UTC_TIMESTAMP(6))',
            [$holder, $clientId]
        ) === 1 ? new self($clientId, $holder) : null;
    }

    public function release(): void
    {
        Prepared::change(
            'UPDATE mod_creditbridge_leases SET holder = NULL, until = NULL WHERE client_id = ? AND holder = ?',
            [$this->clientId, $this->holder]
        );
    }

    /**
     * Creates rows for clients without one.
     *
     * @param int[] $clients
     */
    public static function prepare(array $clients): void
    {
        if ($clients !== []) {
            sort($clients);
            $rows = implode(', ', array_fill(0, count($clients), '(?, 0)'));
            Prepared::change('INSERT IGNORE INTO mod_creditbridge_leases (client_id, fence) VALUES ' . $rows, $clients);
        }
    }
}

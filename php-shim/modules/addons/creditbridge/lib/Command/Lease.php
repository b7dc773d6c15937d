<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Command;

use WHMCS\Module\Addon\Creditbridge\Limits;
use WHMCS\Module\Addon\Creditbridge\Prepared;
use WHMCS\Module\Addon\Creditbridge\Uuid;

/**
 * One executor per client at a time. A row with a time limit by the database's clock and a number that grows with each
 * taking (fence): GET_LOCK and row locks are not cluster-wide, so they alone would not do (design §7.2). A command takes it
 * with its start and gives it back when it is settled (Queue); this class is for settling what others have left.
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

    /** Takes the client, or null when another executor has it. */
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
     * Rows for clients that have none yet.
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

<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Connection;

use DateTimeImmutable;
use DateTimeZone;
use Throwable;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Installation\Hosts;
use WHMCS\Module\Addon\Creditbridge\Log;
use WHMCS\Module\Addon\Creditbridge\Schema;
use WHMCS\Module\Addon\Creditbridge\Settings;
use WHMCS\Module\Addon\Creditbridge\Text;

/**
 * Stores in the settings row that the service is down. A page then costs one INSERT and no connection.
 *
 * Closed (no failures) → open (until a time) → half-open: one process may try; the others wait for its result.
 *
 * A web node that cannot reach a service that lives keeps only itself from calling (`breaker_host`), until a second host
 * fails too.
 */
final class Breaker
{
    /**
     * Seconds until the next try, by the number of failures in a row. Standard Webhooks recommends growing pauses with
     * jitter. The longest is five minutes, because the service is near and WHMCS's cron, which also tries, runs that
     * often.
     */
    const PAUSES_SECONDS = [5, 15, 60, 300];
    /** After this time another process may try, in case the first one died. */
    const PROBE_SECONDS = 35;
    /** The service notes every ten seconds that it lives. One that was seen within this time is up. */
    const ALIVE_SECONDS = 30;
    /** As wide as the column: a missing right is named with the statement that grants it. */
    const REASON_CHARACTERS = 1000;

    /** @var Settings */
    private $settings;

    public function __construct(Settings $settings)
    {
        $this->settings = $settings;
    }

    /** Whether this host's calls failed lately, or those of all hosts. Reads the loaded row; runs no statement. */
    public function hasFailed(): bool
    {
        $host = $this->settings->text('breaker_host');

        return $this->settings->number('breaker_failures') > 0
            && ($host === '' || $host === Hosts::name() || !$this->isServiceAlive());
    }

    /** Reads the loaded row; runs no statement. */
    public function isOpen(): bool
    {
        return $this->hasFailed() && $this->settings->text('breaker_open_until') > $this->settings->now();
    }

    /** Whether this process may connect now. When half-open, only one process may. */
    public function allows(): bool
    {
        if (!$this->hasFailed()) {
            return true;
        }
        if ($this->isOpen()) {
            return false;
        }
        return Database::change(
            'UPDATE mod_creditbridge_settings'
            . ' SET breaker_probe_until = UTC_TIMESTAMP(6) + INTERVAL ' . self::PROBE_SECONDS . ' SECOND'
            . ' WHERE id = 1 AND (breaker_open_until IS NULL OR breaker_open_until <= UTC_TIMESTAMP(6))'
            . ' AND (breaker_probe_until IS NULL OR breaker_probe_until <= UTC_TIMESTAMP(6))'
        ) === 1;
    }

    public function succeeded(): void
    {
        if (!$this->hasFailed()) {
            return;
        }
        $closed = Database::change(
            "UPDATE mod_creditbridge_settings SET breaker_failures = 0, breaker_open_until = NULL,"
            . " breaker_probe_until = NULL, breaker_reason = '' WHERE id = 1 AND breaker_failures > 0"
        );
        $this->settings->reload();
        if ($closed === 1) {
            Log::activity('the service answers again; the kept hooks are being sent.');
        }
    }

    /** Opens the breaker; a database that has no room to store it opens it for this process alone. */
    public function failed(ServiceDown $fault): void
    {
        try {
            $this->storeFailure($fault);
        } catch (Throwable $unstorable) {
            Log::fault('breaker', $unstorable);
            $this->settings->suppose([
                'breaker_failures' => 1,
                'breaker_host' => Hosts::name(),
                'breaker_open_until' => $this->inSeconds(self::PAUSES_SECONDS[0]),
                'breaker_reason' => $fault->getMessage(),
            ]);
        }
    }

    private function storeFailure(ServiceDown $fault): void
    {
        $wasUp = $this->settings->number('breaker_failures') === 0;
        $step = $fault->isPassing() ? 0
            : min($this->settings->number('breaker_failures'), count(self::PAUSES_SECONDS) - 1);
        $pauseMs = self::PAUSES_SECONDS[$step] * random_int(800, 1200);
        // Many pages may fail in the same second; they count as one failure.
        $changed = Database::change(
            'UPDATE mod_creditbridge_settings SET '
            . (Schema::isCurrent() ? 'breaker_host = IF(breaker_failures = 0, ?, breaker_host), ' : '')
            . 'breaker_failures = breaker_failures + 1,'
            . ' breaker_open_until = UTC_TIMESTAMP(6) + INTERVAL ? MICROSECOND,'
            . ' breaker_probe_until = NULL, breaker_reason = ?'
            . ' WHERE id = 1 AND (breaker_failures = 0 OR breaker_open_until <= UTC_TIMESTAMP(6))'
            . ($wasUp ? ' AND breaker_failures = 0' : ''),
            array_merge(
                Schema::isCurrent() ? [$this->isServiceAlive() ? Hosts::name() : ''] : [],
                [$pauseMs * 1000, Text::storable($fault->getMessage(), self::REASON_CHARACTERS)]
            )
        );
        $this->settings->reload();
        if ($this->settings->number('breaker_failures') > 0 && !$this->hasFailed()) {
            // A second host fails too, so it is not that host.
            Database::change("UPDATE mod_creditbridge_settings SET breaker_host = '' WHERE id = 1");
            $this->settings->reload();
        }
        if ($changed === 1 && $wasUp) {
            Log::activity('the service is down, as host ' . Hosts::name() . ' sees it; hooks are kept and no credit is'
                . ' applied until it is back. ' . $fault->getMessage());
        }
    }

    private function isServiceAlive(): bool
    {
        return $this->settings->text('service_seen_at') > $this->inSeconds(-self::ALIVE_SECONDS);
    }

    /** The database's clock, UTC, so many seconds from now. */
    private function inSeconds(int $seconds): string
    {
        return (new DateTimeImmutable($this->settings->now(), new DateTimeZone('UTC')))
            ->modify($seconds . ' seconds')->format('Y-m-d H:i:s.u');
    }

    /** Ends the pause: the service rang, or an admin wants to try. */
    public function reset(): void
    {
        Database::change(
            'UPDATE mod_creditbridge_settings SET breaker_open_until = UTC_TIMESTAMP(6), breaker_probe_until = NULL'
            . ' WHERE id = 1 AND breaker_failures > 0'
        );
        $this->settings->reload();
    }
}

<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Connection;

use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Log;
use WHMCS\Module\Addon\Creditbridge\Settings;
use WHMCS\Module\Addon\Creditbridge\Text;

/**
 * Remembers in the settings row that the service is down, so that a page then costs one INSERT and no connection.
 *
 * Closed (no failures) → open (until a time) → half-open: one process alone may try; the others wait for its result.
 */
final class Breaker
{
    /**
     * Seconds until the next try, after each failure in a row. Standard Webhooks recommends growing pauses with
     * jitter; they end at five minutes because the service is near and WHMCS's cron, which also tries, runs as often.
     */
    const PAUSES_SECONDS = [5, 15, 60, 300];
    /** A prober that died is replaced after this. */
    const PROBE_SECONDS = 35;

    /** @var Settings */
    private $settings;

    public function __construct(Settings $settings)
    {
        $this->settings = $settings;
    }

    /** Known from the row alone, without a statement. */
    public function isOpen(): bool
    {
        return $this->settings->number('breaker_failures') > 0
            && $this->settings->text('breaker_open_until') > $this->settings->now();
    }

    /** Whether this process may connect now; when half-open, only one gets a yes. */
    public function allows(): bool
    {
        if ($this->settings->number('breaker_failures') === 0) {
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
        if ($this->settings->number('breaker_failures') === 0) {
            return;
        }
        $closed = Database::change(
            "UPDATE mod_creditbridge_settings SET breaker_failures = 0, breaker_open_until = NULL,"
            . " breaker_probe_until = NULL, breaker_reason = '' WHERE id = 1 AND breaker_failures > 0"
        );
        $this->settings->reload();
        if ($closed === 1) {
            Log::activity('the service answers again; what was kept is being delivered.');
        }
    }

    public function failed(ServiceDown $fault): void
    {
        $wasUp = $this->settings->number('breaker_failures') === 0;
        $step = $fault->isPassing() ? 0
            : min($this->settings->number('breaker_failures'), count(self::PAUSES_SECONDS) - 1);
        $pauseMs = self::PAUSES_SECONDS[$step] * random_int(800, 1200);
        // Many pages fail in the same second; they count as one failure.
        $changed = Database::change(
            'UPDATE mod_creditbridge_settings SET breaker_failures = breaker_failures + 1,'
            . ' breaker_open_until = UTC_TIMESTAMP(6) + INTERVAL ? MICROSECOND,'
            . ' breaker_probe_until = NULL, breaker_reason = ?'
            . ' WHERE id = 1 AND (breaker_failures = 0 OR breaker_open_until <= UTC_TIMESTAMP(6))'
            . ($wasUp ? ' AND breaker_failures = 0' : ''),
            [$pauseMs * 1000, Text::storable($fault->getMessage(), 255)]
        );
        $this->settings->reload();
        if ($changed === 1 && $wasUp) {
            Log::activity('the service is down; hooks are kept and credit is not applied meanwhile. '
                . $fault->getMessage());
        }
    }

    /** The service rang, or the admin asks for a try: it may be tried at once. */
    public function reset(): void
    {
        Database::change(
            'UPDATE mod_creditbridge_settings SET breaker_open_until = UTC_TIMESTAMP(6), breaker_probe_until = NULL'
            . ' WHERE id = 1 AND breaker_failures > 0'
        );
        $this->settings->reload();
    }
}

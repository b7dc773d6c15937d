<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Work;

use WHMCS\Module\Addon\Creditbridge\Command\Executor;
use WHMCS\Module\Addon\Creditbridge\Command\Queue;
use WHMCS\Module\Addon\Creditbridge\Connection\Reply;
use WHMCS\Module\Addon\Creditbridge\Connection\Service;
use WHMCS\Module\Addon\Creditbridge\Connection\ServiceDown;
use WHMCS\Module\Addon\Creditbridge\Installation\Pairing;
use WHMCS\Module\Addon\Creditbridge\Limits;
use WHMCS\Module\Addon\Creditbridge\Settings;
use WHMCS\Module\Addon\Creditbridge\Spool\Sender;

/**
 * What worker, doorbell and cron have in common: pair if needed, send the spool, run commands; and the daily run.
 */
final class Round
{
    /** Between two looks at a run that is being planned, or at commands another worker has. */
    const PAUSE_MICROSECONDS = 200000;
    /** Looks without any progress, after which waiting longer is left to the next cron call (about ten seconds). */
    const IDLE_LOOKS = 50;
    /** A service that answered before gets so many tries in a row, a second apart, before the day's work is left to later. */
    const TRIES = 5;
    const TRY_AGAIN_MICROSECONDS = 1000000;

    /** @var Settings */
    private $settings;
    /** @var Service */
    private $service;
    /** @var Executor */
    private $executor;

    public function __construct(Settings $settings)
    {
        $this->settings = $settings;
        $this->service = new Service($settings);
        $this->executor = new Executor($settings);
    }

    /** @return int items sent and commands moved on */
    public function work(float $deadline): int
    {
        $this->settings->reload();
        if ($this->settings->text('state') === Settings::STATE_NEW) {
            $this->tryToPair();
        }
        if (!$this->settings->isWorking()) {
            return 0;
        }
        $sent = (new Sender($this->settings, $this->service))->drain($deadline);

        return $sent + $this->executor->run($deadline);
    }

    /** Has the daily run of this local date planned, and carries it out within the time there is (bridge: POST /v1/run). */
    public function daily(string $moment, float $deadline): void
    {
        $idle = 0;
        // One that has not answered yet is not tried again.
        $faults = self::TRIES;
        // A run belongs to the date on which it began, also past midnight.
        $date = date('Y-m-d');
        do {
            $this->settings->reload();
            try {
                $reply = $this->planned($date, $moment);
                $faults = 0;
            } catch (ServiceDown $down) {
                // A page's question may have been too slow to it just now, and have opened the breaker for all.
                if (++$faults >= self::TRIES) {
                    throw $down;
                }
                $this->executor->run($deadline);
                usleep(self::TRY_AGAIN_MICROSECONDS);
                $this->service->breaker()->reset();
                continue;
            }
            $moved = $this->executor->run($deadline);
            $isPlanned = ($reply->body['state'] ?? '') !== 'planning';
            if ($isPlanned && ((int) ($reply->body['waiting'] ?? 0) === 0 || Queue::waiting() === 0)) {
                return;
            }
            if ($isPlanned && $moved === 0) {
                $idle++;
                usleep(self::PAUSE_MICROSECONDS);
            } elseif ($moved > 0) {
                $idle = 0;
            }
        } while ($idle < self::IDLE_LOOKS && microtime(true) < $deadline);
    }

    /** @throws ServiceDown */
    private function planned(string $date, string $moment): Reply
    {
        $reply = $this->service->call('/v1/run', [
            'date' => $date,
            'zone' => date_default_timezone_get(),
            'moment' => $moment,
        ], Limits::RUN_MS);
        if ($reply->status !== 200) {
            throw new ServiceDown('refused', 'The service refused the run: ' . $reply->code() . '.');
        }
        return $reply;
    }

    private function tryToPair(): void
    {
        try {
            (new Pairing($this->settings, $this->service))->pair();
        } catch (ServiceDown $down) {
            return;
        }
    }
}

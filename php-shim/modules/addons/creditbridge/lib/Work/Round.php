<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Work;

use WHMCS\Module\Addon\Creditbridge\Clock;
use WHMCS\Module\Addon\Creditbridge\Command\Executor;
use WHMCS\Module\Addon\Creditbridge\Command\Erasure;
use WHMCS\Module\Addon\Creditbridge\Command\Pruning;
use WHMCS\Module\Addon\Creditbridge\Command\Queue;
use WHMCS\Module\Addon\Creditbridge\Connection\Reply;
use WHMCS\Module\Addon\Creditbridge\Connection\Service;
use WHMCS\Module\Addon\Creditbridge\Connection\ServiceDown;
use WHMCS\Module\Addon\Creditbridge\Installation\Autocommit;
use WHMCS\Module\Addon\Creditbridge\Installation\Fingerprint;
use WHMCS\Module\Addon\Creditbridge\Installation\Hosts;
use WHMCS\Module\Addon\Creditbridge\Installation\Pairing;
use WHMCS\Module\Addon\Creditbridge\Limits;
use WHMCS\Module\Addon\Creditbridge\SelfTest\SharedConnection;
use WHMCS\Module\Addon\Creditbridge\Settings;
use WHMCS\Module\Addon\Creditbridge\Spool\Sender;

/**
 * The common work of worker, doorbell and cron: pair if needed, send the spool, run commands; and the daily run.
 */
final class Round
{
    /** The pause between two checks of a run that is being planned, or of commands that another worker has. */
    const PAUSE_MICROSECONDS = 200000;
    /** After so many checks without progress (about ten seconds) the rest is left to the next cron call. */
    const IDLE_LOOKS = 50;
    /**
     * A service that answered before gets so many tries in a row, a second apart. Then the day's work is left for
     * later.
     */
    const TRIES = 5;
    const TRY_AGAIN_MICROSECONDS = 1000000;

    /** @var Settings */
    private $settings;
    /** @var Service */
    private $service;
    /** @var Executor */
    private $executor;
    /** @var array how long commands are kept, from the last reply; empty before one */
    private $keep = [];

    public function __construct(Settings $settings)
    {
        $this->settings = $settings;
        $this->service = new Service($settings);
        $this->executor = new Executor($settings);
    }

    /** @return int items sent and commands moved on */
    public function work(float $deadline): int
    {
        Autocommit::restore();
        try {
            return $this->carryOut($deadline);
        } finally {
            // A hook of another module may have switched it off during a command, whose end must be kept.
            Autocommit::restore();
        }
    }

    private function carryOut(float $deadline): int
    {
        $this->settings->reload();
        $standing = Fingerprint::notice($this->settings);
        if ($standing === Fingerprint::HOME) {
            Hosts::beat($this->settings);
        }
        if ($this->settings->text('state') === Settings::STATE_NEW) {
            $this->tryToPair();
        }
        if (!$this->settings->isWorking() || $standing !== Fingerprint::HOME) {
            return 0;
        }
        $sent = (new Sender($this->settings, $this->service))->drain($deadline);
        SharedConnection::measureIfChanged($this->settings);

        return $sent + $this->executor->run($deadline);
    }

    /**
     * Asks the service to plan the daily run of this local date and runs its commands until the deadline (bridge: POST
     * /v1/run).
     */
    public function daily(string $moment, float $deadline): void
    {
        $idle = 0;
        // A service that has not answered yet gets only one try.
        $faults = self::TRIES;
        // A run belongs to the date on which it started, even past midnight.
        $date = date('Y-m-d');
        // A call before this one may have opened it. The service must hear of the day all the same: when its database is in
        // trouble, it makes up for the call after the mend.
        $this->service->breaker()->reset();
        do {
            $this->settings->reload();
            try {
                $reply = $this->planned($date, $moment);
                $this->keep = (array) ($reply->body['keep'] ?? []);
                $faults = 0;
            } catch (ServiceDown $down) {
                // A slow page question may have just opened the breaker for all processes.
                if (++$faults >= self::TRIES) {
                    throw $down;
                }
                $this->executor->run($deadline);
                Autocommit::restore();
                usleep(self::TRY_AGAIN_MICROSECONDS);
                $this->service->breaker()->reset();
                continue;
            }
            $moved = $this->executor->run($deadline);
            Autocommit::restore();
            $isPlanned = ($reply->body['state'] ?? '') !== 'planning';
            if ($isPlanned && !Queue::isBusy()) {
                return;
            }
            if ($isPlanned && $moved === 0) {
                $idle++;
                usleep(self::PAUSE_MICROSECONDS);
            } elseif ($moved > 0) {
                $idle = 0;
            }
        } while ($idle < self::IDLE_LOOKS && Clock::seconds() < $deadline);
    }

    /** Removes what is not kept of old commands, once daily() had a reply that says how long, and of clients who are gone. */
    public function prune(float $deadline): void
    {
        Pruning::run($this->keep, $deadline);
        Erasure::run($deadline);
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

<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Installation;

use WHMCS\Module\Addon\Creditbridge\Audit;
use WHMCS\Module\Addon\Creditbridge\Command\Queue;
use WHMCS\Module\Addon\Creditbridge\Connection\Secrets;
use WHMCS\Module\Addon\Creditbridge\Connection\Service;
use WHMCS\Module\Addon\Creditbridge\Connection\ServiceDown;
use WHMCS\Module\Addon\Creditbridge\Declined;
use WHMCS\Module\Addon\Creditbridge\Limits;
use WHMCS\Module\Addon\Creditbridge\Log;
use WHMCS\Module\Addon\Creditbridge\Schema;
use WHMCS\Module\Addon\Creditbridge\Settings;
use WHMCS\Module\Addon\Creditbridge\Spool\Spool;
use WHMCS\Module\Addon\Creditbridge\Uuid;

/**
 * Shim and service prove by a nonce that they see the same database (bridge/README.md "POST /v1/pair").
 */
final class Pairing
{
    /** @var Settings */
    private $settings;
    /** @var Service */
    private $service;

    public function __construct(Settings $settings, Service $service)
    {
        $this->settings = $settings;
        $this->service = $service;
    }

    /**
     * Pairs, and fetches the manifest. Afterwards the state is `paired`.
     *
     * @throws ServiceDown with a sentence that names the obstacle
     */
    public function pair(): void
    {
        Fingerprint::guard($this->settings);
        Fingerprint::know($this->settings);
        // 128 bits that nobody can know who does not see this database; a UUIDv7 holds half of that.
        $nonce = bin2hex(random_bytes(16));
        $this->settings->write(['nonce' => $nonce]);
        $reply = $this->service->call('/v1/pair', [
            'nonceHash' => hash('sha256', $nonce),
            'shim' => Limits::VERSION,
            'whmcs' => WhmcsSetting::read('Version'),
            'schema' => Schema::NUMBER,
        ], Limits::VETO_MS);

        $state = $reply->status === 200 ? ($reply->body['state'] ?? '') : '';
        if ($state === 'other-database') {
            throw new ServiceDown('other-database', 'The service works on another database than this WHMCS.');
        }
        if ($state !== 'paired') {
            throw new ServiceDown('not-paired', 'The service did not pair (' . ($reply->code() ?: 'no state') . ').');
        }
        if (!hash_equals($nonce, (string) ($reply->body['nonce'] ?? ''))) {
            throw new ServiceDown('nonce-wrong', 'The service does not see the nonce in this database.');
        }
        $this->settings->write(['state' => Settings::STATE_PAIRED]);
        Manifest::fetch($this->settings, $this->service);
        Log::activity('paired with the service.');
    }

    /** An admin says that the installation was moved: the new place is right, and this host belongs to it. */
    public static function moved(Settings $settings, string $actor): void
    {
        Audit::recorded($actor, 'installation-moved', [], static function () use ($settings, $actor): bool {
            Fingerprint::accept($settings);
            Hosts::confirm($actor);
            $settings->write(['state' => Settings::STATE_NEW]);
            return true;
        });
    }

    /**
     * An admin says that this is a copy. It stays off and can no longer speak in the original's name. Unfinished
     * commands and unsent hooks are dropped here, because the original finishes them: a copy that is turned on later
     * must not mail its clients.
     *
     * @throws Declined while this may be a host of the living installation, whose secrets and commands would be lost
     */
    public static function copied(Settings $settings, string $actor): void
    {
        if (Fingerprint::notice($settings) !== Fingerprint::ASKS) {
            throw new Declined('Nothing was changed: a host at a known place worked on this database within the last '
                . Hosts::ALIVE_MINUTES . ' minutes, so this may be the living installation itself, which would lose its'
                . ' secrets and unfinished commands. Until this host is known it does nothing. If this is a copy, answer'
                . ' again in ' . Hosts::ALIVE_MINUTES . ' minutes.');
        }
        $secrets = Secrets::encrypted();
        Audit::recorded($actor, 'installation-copied', [], static function () use ($settings, $secrets): bool {
            Secrets::replaceAll($secrets);
            Hosts::leaveBehind();
            Queue::leaveBehind('Dropped: this WHMCS is a copy, and the original carries it out.');
            Spool::leaveBehind();
            $settings->write([
                'state' => Settings::STATE_COPY,
                'installation' => Uuid::v7(),
                'fingerprint' => Fingerprint::here(),
                'service_url' => '',
                // What a trial left behind is cleaned up in the original.
                'trial_open' => null,
            ]);
            return true;
        });
    }

    /** An admin turns a copy on, with its own service. */
    public static function turnOn(Settings $settings, string $actor): void
    {
        Audit::recorded($actor, 'copy-turn-on', [], static function () use ($settings): bool {
            $settings->write(['state' => Settings::STATE_NEW, 'fingerprint' => Fingerprint::here()]);
            return true;
        });
    }
}

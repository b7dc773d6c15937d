<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Connection;

use InvalidArgumentException;
use Throwable;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\DatabaseFault;
use WHMCS\Module\Addon\Creditbridge\Installation\Fingerprint;
use WHMCS\Module\Addon\Creditbridge\Json;
use WHMCS\Module\Addon\Creditbridge\Limits;
use WHMCS\Module\Addon\Creditbridge\Log;
use WHMCS\Module\Addon\Creditbridge\Settings;
use WHMCS\Module\Addon\Creditbridge\Uuid;

/**
 * Calls the service: only if paired, outside transactions, and if the breaker allows it.
 */
final class Service
{
    /** Signed replies after which nothing can be sent, and what the admin does about them. */
    const REFUSALS = [
        'not-paired' => 'The service is not paired with this WHMCS (not-paired). Press Test the connection under Connection on'
            . ' the addon page.',
        'wrong-installation' => 'The service belongs to another WHMCS (wrong-installation): each WHMCS has a service of its'
            . ' own. Check the Service URL of the addon, and CREDITBRIDGE_INSTALLATION in the settings of the service.',
        'upgrade-service' => 'The service is too old for this addon (upgrade-service): install the service of the same'
            . ' release.',
        'upgrade-shim' => 'This addon is too old for the service (upgrade-shim): install the addon of the same release.',
    ];

    /** @var Settings */
    private $settings;
    /** @var Breaker */
    private $breaker;

    public function __construct(Settings $settings)
    {
        $this->settings = $settings;
        $this->breaker = new Breaker($settings);
    }

    public function breaker(): Breaker
    {
        return $this->breaker;
    }

    /**
     * Posts an envelope made of the members.
     *
     * @throws ServiceDown
     */
    public function call(string $path, array $members, int $timeoutMs): Reply
    {
        return $this->post($path, Json::encode($this->envelope($path) + $members), Uuid::v7(), $timeoutMs);
    }

    /**
     * Posts spooled items with their stored bytes.
     *
     * @param string[] $items JSON objects
     * @throws ServiceDown
     */
    public function deliver(array $items, string $id, int $timeoutMs): Reply
    {
        $path = '/v1/deliveries';
        $head = substr(Json::encode($this->envelope($path)), 0, -1);

        return $this->post($path, $head . ',"items":[' . implode(',', $items) . ']}', $id, $timeoutMs);
    }

    /**
     * Whether the service has the secrets of one position of both directions: asked with these alone, and believed with these
     * alone. Returns what is missing; '' if nothing is.
     */
    public function lacks(string $position): string
    {
        $path = '/v1/manifest';
        try {
            $this->mayCall($path);
            $url = new ServiceUrl($this->settings->text('service_url'));
            $body = Json::encode($this->envelope($path));
            Transport::post($url, $path, Uuid::v7(), $body, Limits::VETO_MS, Secrets::at($position));
        } catch (InvalidArgumentException $unusable) {
            return $unusable->getMessage();
        } catch (ServiceDown $down) {
            $names = ['not-accepted' => Secrets::TO_SERVICE, 'reply-signature-wrong' => Secrets::TO_WHMCS];
            $direction = $names[$down->reason()] ?? null;

            return $direction === null ? $down->getMessage()
                : 'The service does not have the ' . ($position === Secrets::NEXT ? 'new' : 'old') . ' '
                    . Secrets::NAMES[$direction] . '.';
        }
        return '';
    }

    /** The size of a delivery message without its items, in bytes. */
    public function deliveryOverhead(): int
    {
        return strlen(Json::encode($this->envelope('/v1/deliveries'))) + 16;
    }

    /** @throws ServiceDown */
    private function post(string $path, string $body, string $id, int $timeoutMs): Reply
    {
        $this->mayCall($path);
        try {
            if (strlen($body) > Limits::BODY_BYTES) {
                throw new InvalidArgumentException('A message of ' . strlen($body) . ' bytes is too large to send.');
            }
            $url = new ServiceUrl($this->settings->text('service_url'));
        } catch (InvalidArgumentException $unusable) {
            throw new ServiceDown('not-sendable', $unusable->getMessage());
        }
        if (!$this->breaker->allows()) {
            throw new ServiceDown('breaker-open', 'The service is down: ' . $this->settings->text('breaker_reason'));
        }
        try {
            $reply = Transport::post($url, $path, $id, $body, $timeoutMs, Secrets::all());
            if ($reply->status >= 500) {
                throw new ServiceDown($reply->code() ?: 'unavailable', 'The service cannot work at the moment ('
                    . ($reply->code() ?: 'HTTP ' . $reply->status) . ').' . self::reason($reply));
            }
            if ($reply->code() === 'not-paired' && $this->settings->isPaired()) {
                $this->settings->leave(Settings::STATE_PAIRED, Settings::STATE_NEW);
            }
            if (isset(self::REFUSALS[$reply->code()])) {
                throw new ServiceDown($reply->code(), self::REFUSALS[$reply->code()]);
            }
        } catch (ServiceDown $down) {
            // If the service itself reports a fault in one page, it is still up for deliveries.
            $path === '/v1/page' && $down->reason() === 'internal-error'
                ? $this->breaker->succeeded() : $this->breaker->failed($down);
            throw $down;
        } catch (Throwable $fault) {
            // Not foreseen, such as a PHP without cURL. Every page would meet it anew, perhaps after waiting for the service.
            Log::fault('call of the service', $fault);
            $down = new ServiceDown('not-callable', 'PHP cannot call the service: ' . DatabaseFault::words($fault) . '.');
            $this->breaker->failed($down);
            throw $down;
        }
        $this->breaker->succeeded();

        return $reply;
    }

    /** @throws ServiceDown */
    private function mayCall(string $path): void
    {
        if (Database::inTransaction()) {
            throw new ServiceDown('in-transaction', 'Nothing is sent while WHMCS has a transaction open.');
        }
        Fingerprint::guard($this->settings);
        if ($this->settings->isHalted()) {
            throw new ServiceDown('halted', 'The database went back to an earlier state; the Connection page asks'
                . ' what to do.');
        }
        if (!$this->settings->isPaired() && $path !== '/v1/pair') {
            throw new ServiceDown('not-paired', 'The service is not paired with this installation yet.');
        }
    }

    /** Why, in the service's own words, if it says so. */
    private static function reason(Reply $reply): string
    {
        $message = $reply->body['message'] ?? '';

        return is_string($message) && $message !== '' ? ' ' . $message : '';
    }

    private function envelope(string $path): array
    {
        return [
            'protocol' => Limits::PROTOCOL,
            'to' => 'POST ' . $path,
            'installation' => $this->settings->text('installation'),
        ];
    }
}

<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Spool;

use DateTimeImmutable;
use DateTimeZone;
use WHMCS\Module\Addon\Creditbridge\Command\Running;
use WHMCS\Module\Addon\Creditbridge\Json;
use WHMCS\Module\Addon\Creditbridge\Limits;
use WHMCS\Module\Addon\Creditbridge\Settings;
use WHMCS\Module\Addon\Creditbridge\Uuid;

/**
 * A hook that fired, in the format of the bridge. Its bytes are made once; every retry sends them unchanged.
 */
final class Item
{
    /** @var string */
    public $id;
    /** @var string */
    public $hook;
    /** @var string deferred, inline or veto */
    public $answer;
    /** @var string */
    public $bytes;

    public function __construct(string $hook, string $answer, array $data, Settings $settings)
    {
        $this->id = Uuid::v7();
        $this->hook = $hook;
        $this->answer = $answer;
        $item = [
            'id' => $this->id,
            'type' => $hook,
            'timestamp' => (new DateTimeImmutable('now', new DateTimeZone('UTC')))->format('Y-m-d\TH:i:s.u\Z'),
            'answer' => $answer,
            'shim' => Limits::VERSION,
            'whmcs' => [
                'version' => (string) ($GLOBALS['CONFIG']['Version'] ?? $settings->json('whmcs')['version'] ?? 'unknown'),
                'date' => date('Y-m-d'),
                'zone' => date_default_timezone_get(),
            ],
            'data' => (object) $data,
        ];
        if (Running::commandId() !== '') {
            $item['causedBy'] = Running::commandId();
        }
        $this->bytes = Json::encode($item);
    }
}

<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Installation;

use WHMCS\Module\Addon\Creditbridge\Connection\Service;
use WHMCS\Module\Addon\Creditbridge\Connection\ServiceDown;
use WHMCS\Module\Addon\Creditbridge\Hook\Fields;
use WHMCS\Module\Addon\Creditbridge\Json;
use WHMCS\Module\Addon\Creditbridge\Limits;
use WHMCS\Module\Addon\Creditbridge\Settings;

/**
 * Which hooks hooks.php registers, and how each is answered. The service decides; the shim keeps it in the settings
 * row.
 */
final class Manifest
{
    const ANSWERS = ['deferred', 'inline', 'veto'];

    /** Fetches the manifest if the service names another number. After a failure, the next reply triggers it again. */
    public static function follow(Settings $settings, Service $service, int $number): void
    {
        if ($number === 0 || $number === $settings->number('manifest_number')) {
            return;
        }
        try {
            self::fetch($settings, $service);
        } catch (ServiceDown $down) {
            return;
        }
    }

    /** @throws ServiceDown */
    public static function fetch(Settings $settings, Service $service): void
    {
        $reply = $service->call('/v1/manifest', [], Limits::VETO_MS);
        $manifest = $reply->body['manifest'] ?? null;
        if ($reply->status !== 200 || !is_array($manifest)) {
            throw new ServiceDown('manifest-missing', 'The service gave no manifest (' . $reply->code() . ').');
        }
        $settings->write([
            'manifest_number' => (int) ($manifest['number'] ?? 0),
            'manifest' => Json::encode(['hooks' => (object) self::usable($manifest['hooks'] ?? [])]),
        ]);
    }

    /** Keeps the entries that the shim supports, without hooks that are never forwarded. */
    private static function usable($hooks): array
    {
        $usable = [];
        foreach (is_array($hooks) ? $hooks : [] as $name => $entry) {
            $answer = is_array($entry) ? ($entry['answer'] ?? '') : '';
            if (
                preg_match('/^[A-Za-z][A-Za-z0-9]{0,63}$/', (string) $name)
                && in_array($answer, self::ANSWERS, true)
                && !in_array($name, Fields::NEVER, true)
            ) {
                $fields = array_filter(is_array($entry['fields'] ?? null) ? $entry['fields'] : [], 'is_string');
                $usable[$name] = ['answer' => $answer, 'fields' => array_values($fields)];
            }
        }
        return $usable;
    }
}

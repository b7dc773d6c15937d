<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Page;

use WHMCS\Module\Addon\Creditbridge\Attempt;
use WHMCS\Module\Addon\Creditbridge\Clock;
use WHMCS\Module\Addon\Creditbridge\Command\Executor;
use WHMCS\Module\Addon\Creditbridge\Connection\Service;
use WHMCS\Module\Addon\Creditbridge\Connection\ServiceDown;
use WHMCS\Module\Addon\Creditbridge\Installation\CreditSettings;
use WHMCS\Module\Addon\Creditbridge\Installation\Manifest;
use WHMCS\Module\Addon\Creditbridge\Installation\WhmcsSetting;
use WHMCS\Module\Addon\Creditbridge\Limits;
use WHMCS\Module\Addon\Creditbridge\Settings;

/**
 * Lets the service render a page (bridge/README.md "POST /v1/page"). The caller has checked WHMCS's token of a POST.
 */
final class Forward
{
    /** @var Settings */
    private $settings;
    /** @var Service */
    private $service;

    public function __construct(Settings $settings)
    {
        $this->settings = $settings;
        $this->service = new Service($settings);
    }

    /**
     * @param string $base address of the page, to which `page=` is appended
     * @param bool $isPost whether the form that was sent is the service's to take
     * @return array{status: int, title: string, html: string, redirect: string|null}
     * @throws ServiceDown
     */
    public function ask(array $viewer, string $page, string $base, bool $isPost): array
    {
        $reply = $this->service->call('/v1/page', [
            'viewer' => $viewer,
            'method' => $isPost ? 'POST' : 'GET',
            'page' => $page,
            'query' => (object) self::typed($viewer, Said::checked(
                array_diff_key($_GET, ['module' => 1, 'm' => 1, 'page' => 1])
            )),
            'form' => (object) ($isPost ? self::typed($viewer, array_diff_key($_POST, ['token' => 1])) : []),
            'base' => $base,
            'assets' => self::assets(),
            'token' => ['name' => 'token', 'value' => (string) generate_token('plain')],
            'settings' => WhmcsSetting::readAll(CreditSettings::TOLD),
        ], Limits::PAGE_MS);
        if (!is_string($reply->body['html'] ?? null)) {
            throw new ServiceDown($reply->code() ?: 'refused', 'The service did not show the page ('
                . ($reply->code() ?: 'HTTP ' . $reply->status) . ').');
        }
        if ($isPost) {
            Attempt::to('after a form', function (): void {
                $this->carryOut();
            });
        }
        $redirect = $reply->body['redirect'] ?? null;

        return [
            'status' => (int) ($reply->body['status'] ?? $reply->status),
            'title' => (string) ($reply->body['title'] ?? 'Credit Bridge'),
            'html' => $reply->body['html'],
            // A query, never an address: a reply cannot redirect to another site.
            'redirect' => is_string($redirect) && preg_match('/^page=[A-Za-z0-9_.~%=&\/-]*$/D', $redirect)
                ? $redirect : null,
        ];
    }

    /** The path of the module's assets. It does not depend on the name of the admin folder. */
    public static function assets(): string
    {
        $path = (string) parse_url(WhmcsSetting::read('SystemURL'), PHP_URL_PATH);

        return rtrim($path, '/') . '/modules/addons/creditbridge/assets';
    }

    /**
     * Runs the form's commands before the admin sees the next page. Fetches the manifest: a new rule may need other
     * hooks.
     */
    private function carryOut(): void
    {
        $deadline = Clock::seconds() + Limits::AFTER_POST_SECONDS;
        Manifest::fetch($this->settings, $this->service);
        (new Executor($this->settings))->run($deadline);
    }

    /**
     * What the viewer typed. The pages of clients need short texts only; the rest is left out, so that nothing a client
     * types is refused, logged or shown to an admin.
     */
    private static function typed(array $viewer, array $values): array
    {
        if ($viewer['kind'] !== 'client') {
            return self::texts($values);
        }
        $texts = array_filter($values, static function ($value, $name): bool {
            return is_string($value) && preg_match('/^[A-Za-z0-9_-]{1,64}$/D', (string) $name)
                && mb_strlen($value, 'UTF-8') <= Limits::FIELD_CHARACTERS;
        }, ARRAY_FILTER_USE_BOTH);

        return array_slice($texts, 0, Limits::DATA_MEMBERS, true);
    }

    /** Query and form contain texts and arrays of texts, as PHP parsed them. */
    private static function texts(array $values): array
    {
        $texts = [];
        foreach ($values as $name => $value) {
            $texts[$name] = is_array($value) ? self::texts($value) : (string) $value;
        }
        return $texts;
    }
}

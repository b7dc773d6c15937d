<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Page;

use Throwable;
use WHMCS\Module\Addon\Creditbridge\Attempt;
use WHMCS\Module\Addon\Creditbridge\Connection\ServiceDown;
use WHMCS\Module\Addon\Creditbridge\DatabaseFault;
use WHMCS\Module\Addon\Creditbridge\Installation\Autocommit;
use WHMCS\Module\Addon\Creditbridge\Installation\AutomaticUse;
use WHMCS\Module\Addon\Creditbridge\Installation\Configuration;
use WHMCS\Module\Addon\Creditbridge\Installation\Fingerprint;
use WHMCS\Module\Addon\Creditbridge\Installation\Hosts;
use WHMCS\Module\Addon\Creditbridge\Installation\Snapshot;
use WHMCS\Module\Addon\Creditbridge\Log;
use WHMCS\Module\Addon\Creditbridge\Schema;
use WHMCS\Module\Addon\Creditbridge\Settings;

/**
 * The addon page: the shim's own status line, then either the service's page or the connection panel, which works
 * without the service.
 */
final class AdminPage
{
    /** @var string */
    private $base;
    /** @var string */
    private $redirect = '';
    /** @var string above the page, as HTML; '' if all is well */
    private $warning = '';
    /** @var Settings */
    private $settings;

    public function __construct(string $base)
    {
        Autocommit::restore();
        $this->base = $base;
        $this->settings = Settings::load();
    }

    /** The address to redirect to, or '' to show the page. */
    public function redirect(): string
    {
        return $this->redirect;
    }

    public function render(): string
    {
        $page = is_string($_GET['page'] ?? null) ? $_GET['page'] : 'overview';
        $page = preg_match('/^[a-z0-9-]+(\/[a-z0-9-]+)*$/D', $page) && strlen($page) <= 128 ? $page : 'overview';
        if (self::isPost()) {
            // Ends the request if the token is wrong (whmcs.md §6).
            check_token('WHMCS.admin.default');
        }
        $this->upgrade();
        $viewer = Viewer::admin();
        Attempt::to('snapshot', function (): void {
            Configuration::take($this->settings);
            Snapshot::refresh($this->settings);
        });
        Attempt::to('automatic use', function (): void {
            AutomaticUse::agree($this->settings);
        });
        Attempt::to('fingerprint', function (): void {
            if (Fingerprint::notice($this->settings) === Fingerprint::HOME) {
                Hosts::beat($this->settings);
            }
        });
        if ($page === 'connection' || !$this->settings->isWorking()) {
            return $this->wrap($page, $this->panel($viewer));
        }
        $isPost = self::isPost();
        $own = '';
        if ($isPost && $page === NewToken::PAGE && ($_POST['act'] ?? '') === NewToken::ACT) {
            $own = NewToken::make($viewer, $_POST);
            $isPost = false;
        }
        try {
            $shown = (new Forward($this->settings))->ask($viewer, $page, $this->base, $isPost);
        } catch (ServiceDown $down) {
            return $this->wrap('connection', $own . self::health($down) . ($own === '' ? $this->panel($viewer) : ''));
        }
        if ($shown['redirect'] !== null) {
            $this->redirect = $this->base . '&' . $shown['redirect'];
            Said::remember($shown['redirect']);
        }
        return $this->wrap($page, $own . $shown['html']);
    }

    /** Tables that cannot be changed now are no reason to show nothing: the page works with old ones, and cron tries again. */
    private function upgrade(): void
    {
        try {
            Schema::upgrade($this->settings);
        } catch (Throwable $fault) {
            Log::fault('upgrade', $fault);
            $this->warning = Html::flash('bad', 'The tables of Credit Bridge could not be upgraded, so it works as the version'
                . ' before: ' . DatabaseFault::words($fault) . '. The next cron call tries again.');
        }
    }

    private static function isPost(): bool
    {
        return ($_SERVER['REQUEST_METHOD'] ?? 'GET') === 'POST';
    }

    /** What the service's page would show under Health, while it cannot show pages. */
    private static function health(ServiceDown $down): string
    {
        return Html::card('Health', '<p role="alert">' . Html::status('bad', 'Service down') . ' '
            . Html::escape($down->getMessage()) . '</p><p>Hooks are kept and sent later. Until then no credit is applied,'
            . ' and WHMCS may send reminders and suspend services.</p>');
    }

    private function panel(array $viewer): string
    {
        $actions = new PanelActions($this->settings, $viewer);
        $isPost = self::isPost();
        $act = is_string($_POST['act'] ?? null) ? $_POST['act'] : '';
        $shown = $isPost ? $actions->handle($act, $_POST) : $actions->remembered();
        if ($isPost && $shown === '') {
            $this->redirect = $this->base . '&page=connection';
        }
        $this->settings->reload();

        return $shown . (new ConnectionPanel($this->settings, $viewer, $this->base))->html()
            . '<script src="' . Html::escape(Forward::assets() . '/admin.js') . '" defer></script>';
    }

    private function wrap(string $page, string $content): string
    {
        return '<div class="creditbridge">' . StatusLine::html($this->settings, $this->base, $page)
            . $this->warning . $content . '</div>';
    }
}

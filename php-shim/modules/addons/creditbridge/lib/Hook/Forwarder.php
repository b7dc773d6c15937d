<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Hook;

use WHMCS\Module\Addon\Creditbridge\Command\Executor;
use WHMCS\Module\Addon\Creditbridge\Command\Running;
use WHMCS\Module\Addon\Creditbridge\Connection\Service;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Installation\WhmcsSetting;
use WHMCS\Module\Addon\Creditbridge\Limits;
use WHMCS\Module\Addon\Creditbridge\Settings;
use WHMCS\Module\Addon\Creditbridge\Spool\Item;
use WHMCS\Module\Addon\Creditbridge\Spool\Sender;
use WHMCS\Module\Addon\Creditbridge\Spool\Spool;
use WHMCS\Module\Addon\Creditbridge\Work\AfterPage;

/**
 * Tells the service that a hook fired, in one of the three ways (bridge/README.md "POST /v1/manifest").
 */
final class Forwarder
{
    /** @var Settings */
    private $settings;

    public function __construct(Settings $settings)
    {
        $this->settings = $settings;
    }

    /**
     * @param array $entry the hook's entry in the manifest
     * @return mixed what WHMCS gets from this hook
     */
    public function forward(string $hook, array $vars, array $entry)
    {
        if ($hook === 'EmailPreSend' && Running::commandId() !== '') {
            // Our own command sends this mail: there is nothing to ask and nothing to hold.
            return null;
        }
        $data = Collector::collect(
            $hook,
            $vars,
            $_REQUEST,
            LoggedIn::clientId(),
            is_array($entry['fields'] ?? null) ? $entry['fields'] : []
        );
        $answer = (string) $entry['answer'];
        $isQuestion = strncmp($hook, 'ClientAreaPage', 14) === 0;
        $asks = $answer !== 'deferred' && $this->mayAsk($hook);
        if (!$asks) {
            if (!$isQuestion) {
                Spool::keep(new Item($hook, 'deferred', $data, $this->settings));
                AfterPage::schedule($this->settings);
            }
            return $answer === 'veto' ? Answer::whenDown($hook, $this->settings) : null;
        }
        $item = new Item($hook, $answer, $data, $this->settings);
        $result = $this->ask($item, $answer === 'veto' ? Limits::VETO_MS : Limits::INLINE_MS, $isQuestion);
        if ($result === null) {
            AfterPage::schedule($this->settings);
            return $answer === 'veto' ? Answer::whenDown($hook, $this->settings) : null;
        }
        return Answer::toWhmcs($hook, $result);
    }

    /** Whether the service may be asked now: everything that is known without asking it must be in order. */
    private function mayAsk(string $hook): bool
    {
        return $this->settings->isPaired()
            && Running::commandId() === ''
            && !(new Service($this->settings))->breaker()->isOpen()
            && !Database::inTransaction()
            // Before the mail, commands run only where the trial invoice has shown that credit, total and status
            // survive (design §8); until then the hook is told later, like any other.
            && ($hook !== 'InvoiceCreationPreEmail' || $this->hasPassedTrial());
    }

    /** The verdict holds for the version of WHMCS that was tried. */
    private function hasPassedTrial(): bool
    {
        $trial = $this->settings->json('trial');

        return ($trial['passed'] ?? false) === true
            && ($trial['version'] ?? '') === (string) WhmcsSetting::read('Version');
    }

    private function ask(Item $item, int $timeoutMs, bool $isQuestion)
    {
        $sender = new Sender($this->settings, new Service($this->settings));
        if ($isQuestion) {
            // A page asks what to show. Nothing happened that anyone must hear of later, so nothing is spooled.
            return $sender->inquire($item, $timeoutMs);
        }
        Spool::keepTaken($item);
        $result = $sender->ask($item, $timeoutMs);
        if ($result !== null && $sender->waiting() > 0) {
            $clientId = Client::ofItem($item);
            if ($clientId !== 0) {
                $deadline = microtime(true) + Limits::AFTER_PAGE_SECONDS;
                (new Executor($this->settings))->run($deadline, $clientId, Limits::INLINE_COMMANDS);
            } else {
                AfterPage::schedule($this->settings);
            }
        }
        return $result;
    }
}

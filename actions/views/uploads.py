"""Pages of a file on its way in: choose it, look at how it would be read, take it in, see what came of it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from actions.forms import uploads as forms
from actions.models import Upload, UploadState
from actions.queries import uploads as queries
from actions.services import uploads as services
from governance import pages
from governance.errors import Conflict, Invalid
from governance.views import asker


@login_required
def upload(request: HttpRequest) -> HttpResponse:
    """Choose a file and say where it comes from."""
    now, viewer = timezone.now(), asker(request)
    queries.require_triage(viewer, now)
    posted = request.method == "POST"
    form = forms.UploadForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        viewer=viewer,
        now=now,
        initial={"known": request.GET.get("source", "")},
    )
    status = 200
    if posted:

        def kept(said: dict[str, Any]) -> Upload:
            file = said["file"]
            return services.keep(
                file=file, file_name=file.name, size=file.size, source_name=said["source_name"], by=viewer, now=now
            )

        made, status = pages.attempt(form, kept)
        if made is not None:
            return redirect("actions:upload-detail", made.key)
    return render(request, "actions/uploads/form.html", {"form": form}, status=status)


@login_required
def detail(request: HttpRequest, key: str) -> HttpResponse:
    """How the file would be read; while it is taken in, how far; then on to what came of it."""
    now, viewer = timezone.now(), asker(request)
    sent = queries.get(key, viewer)
    if sent.state == UploadState.TAKEN_IN and sent.feedback_import is not None:
        source = sent.feedback_import.source.subject.reference
        result = reverse("actions:source-import", args=[source, sent.feedback_import_id])
        return HttpResponseClientRedirect(result) if request.headers.get("HX-Request") else redirect(result)
    if sent.state == UploadState.WAITING:
        return render(request, "actions/uploads/waiting.html", {"upload": sent})
    posted = request.method == "POST"
    preview = queries.preview(sent, now, forms.chosen_in(request.POST) if posted else None)
    form = forms.ColumnsForm(preview=preview)
    context = {"upload": sent, "form": form, "preview": preview, "seal": forms.seal(preview)}
    status = 200
    if posted and "take" in request.POST:
        is_changed = request.POST.get("seal") != context["seal"]
        if is_changed or not preview.good:
            context["is_changed"], status = is_changed, 422
        else:
            try:
                services.take_in(upload=sent, mapping=preview.mapping, by=viewer, now=now)
                return redirect("actions:upload-detail", key)
            except (Invalid, Conflict) as error:
                context["refusal"], status = str(error), error.status
    return render(request, "actions/uploads/detail.html", context, status=status)


@login_required
@require_POST
def discard(request: HttpRequest, key: str) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    services.discard(upload=queries.get(key, viewer), by=viewer, now=now)
    messages.success(request, _("The file is thrown away. Nothing was taken in."))
    return redirect("actions:source-list")
